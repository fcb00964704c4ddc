,
entered AS (
    -- What each lead entered, mistakes left out, and how far it came.
    SELECT e.lead_id, bool_or(e.to_stage = 'mql') AS in_mql, bool_or(e.to_stage = 'won') AS won,
           CASE WHEN bool_or(e.to_stage = 'won') THEN 'won' WHEN bool_or(e.to_stage = 'lost') THEN 'lost'
                WHEN bool_or(e.to_stage = 'opportunity') THEN 'opportunity' WHEN bool_or(e.to_stage = 'sql') THEN 'sql'
                WHEN bool_or(e.to_stage = 'sal') THEN 'sal' WHEN bool_or(e.to_stage = 'recycled') THEN 'recycled'
                ELSE '' END AS became
    FROM routing_stageentry e
    WHERE e.to_stage NOT IN ('inquiry', 'lead') AND e.voids_id IS NULL AND e.occurred_at <= getvariable('as_of')
      AND NOT EXISTS (SELECT 1 FROM routing_stageentry v WHERE v.voids_id = e.id AND v.recorded_at <= getvariable('as_of'))
    GROUP BY e.lead_id
),
told AS MATERIALIZED (
    SELECT l.id, l.source, l.region, l.segment, o.before_at, o.after_at, coalesce(e.in_mql, false) AS in_mql,
           coalesce(e.won, false) AS won, coalesce(e.became, '') AS became,
           CASE WHEN o.lead_id IS NULL THEN '' WHEN l.owner_id IS NOT NULL THEN 'Team ' || (1 + l.owner_id % 4)
                ELSE 'Queue ' || l.queue END AS team,
           CASE WHEN o.before_at IS NOT NULL AND o.after_at IS NOT NULL THEN 'both' WHEN o.after_at IS NOT NULL THEN 'gained'
                WHEN o.before_at IS NOT NULL THEN 'lost' ELSE 'neither' END AS kind
    FROM routing_lead l LEFT JOIN opened o ON o.lead_id = l.id LEFT JOIN entered e ON e.lead_id = l.id
    WHERE l.captured_at >= getvariable('since') AND l.captured_at < getvariable('until') AND l.merged_into_id IS NULL
),
monthly AS (
    SELECT 'before' AS side, m.month FROM opened o ASOF JOIN months m ON o.before_at >= m.begins
    UNION ALL
    SELECT 'after', m.month FROM opened o ASOF JOIN months m ON o.after_at >= m.begins
)
SELECT CASE GROUPING_ID(source, region, segment, team, became) WHEN 15 THEN 'source' WHEN 23 THEN 'region'
            WHEN 27 THEN 'segment' WHEN 29 THEN 'team' ELSE 'became' END AS by,
       coalesce(source, region, segment, team, became) AS value, kind, count(*) AS leads, count(*) FILTER (won) AS won,
       count(*) FILTER (in_mql) AS in_mql
FROM told GROUP BY GROUPING SETS ((source, kind), (region, kind), (segment, kind), (team, kind), (became, kind))
UNION ALL
SELECT 'month', month, side, count(*), 0, 0 FROM monthly GROUP BY month, side
UNION ALL
SELECT 'moved', became, kind, id, epoch_us(coalesce(after_at, before_at)), 0 FROM told WHERE kind IN ('gained', 'lost')
