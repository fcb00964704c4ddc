"""Charts of the reports: plain data for the page's chart, and the sentence that says what it shows."""

from typing import Any

Chart = dict[str, Any]
Result = dict[str, Any]


def conversion_chart(result: Result) -> Chart | None:
    """Bars of the rates by row, None where no rate is shown; no chart of a single row or of no rates."""
    rows = [row for row in result["rows"] if row["entered"]]
    if len(rows) < 2 or not any(row["shown"] for row in rows):
        return None
    by = result["question"]["by"]
    return {
        "type": "bar",
        "title": conversion_sentence(result),
        "x": "Cohort month" if by == "month" else by.replace("_", " ").capitalize(),
        "y": f"Converted to {result['to_name']}",
        "labels": [row["label"] + (" *" if row["left_truncated"] else "") for row in rows],
        "datasets": [{"label": "Conversion of mature leads", "data": [row["rate"] for row in rows]}],
        "percent": True,
    }


def conversion_sentence(result: Result) -> str:
    """What the report says, in one or two sentences with the counts."""
    total = result["total"]
    ends = f"{result['from_name']} → {result['to_name']}"
    if total["rate_percent"] is None:
        return f"{ends}: {total['converted']:,} of {total['mature']:,} mature leads; no rate ({total['why_not']})."
    words = f"{ends}: {total['rate_percent']} %, {total['converted']:,} of {total['mature']:,} mature leads."
    shown = [row for row in result["rows"] if row["shown"]]
    if result["question"]["by"] == "total" or len(shown) < 2:
        return words
    low, high = min(shown, key=lambda row: row["rate"]), max(shown, key=lambda row: row["rate"])
    return (
        f"{words} By {result['question']['by']} from {low['rate_percent']} % ({low['label']}) "
        f"to {high['rate_percent']} % ({high['label']})."
    )


def sla_chart(result: Result) -> Chart | None:
    """Bars of attainment by row, None where too few clocks are counted; no chart without any rate."""
    rows = [row for row in result["rows"] if row["clocks"]]
    if not any(row["rate"] is not None for row in rows):
        return None
    return {
        "type": "bar",
        "title": sla_sentence(result),
        "x": "Attainment",
        "y": "",
        "labels": [row["label"] for row in rows],
        "datasets": [{"label": "Met in time", "data": [row["rate"] for row in rows], "tone": "good"}],
        "percent": True,
        "horizontal": True,
    }


def sla_sentence(result: Result) -> str:
    """What the report says, in one sentence with the counts."""
    total = result["total"]
    counts = f"{total['met']:,} of {total['counted']:,} counted clocks were met"
    beside = f"{total['pending']:,} are pending and {total['void']:,} void"
    rate = f" ({total['rate_percent']} %)" if total["rate_percent"] else ""
    return f"{counts}{rate}; {beside}."
