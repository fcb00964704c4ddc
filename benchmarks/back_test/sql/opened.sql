-- For which leads does the MQL gate of the playbook open, before and after the change, and when first?
-- Before: 65 points; after: 50 points, and the public sector is no longer left out of tier B. Written for this
-- pair and this log, as an analyst would: of the fields that the gate reads only `industry` changed later.
WITH reachable AS (
    -- What the gate asks for and the log says never changed: consent, a work address that arrives, required fields.
    SELECT id AS lead_id, recorded_at AS known_at, industry, region,
           coalesce(employees >= 200, false) OR coalesce(annual_revenue >= 20000000, false) AS large,
           coalesce(employees >= 50, false) OR coalesce(annual_revenue >= 5000000, false) AS medium
    FROM routing_lead
    WHERE captured_at >= getvariable('since') AND captured_at < getvariable('until') AND merged_into_id IS NULL
      AND recorded_at <= getvariable('as_of') AND consent = 'granted' AND email <> '' AND email_status <> 'invalid'
      AND country <> '' AND source <> '' AND email_domain NOT IN (SELECT domain FROM free_mail)
),
news AS (
    SELECT lead_id, recorded_at, coalesce(before->>'$', '') AS before, coalesce(after->>'$', '') AS after
    FROM routing_leadchange
    WHERE field = 'industry' AND recorded_at <= getvariable('as_of')
),
spells AS (
    -- Each value of `industry` and the time for which it held: [since, until).
    SELECT r.lead_id, large, medium, region, n.after AS industry, n.recorded_at AS since,
           lead(n.recorded_at, 1, TIMESTAMP '9999-01-01') OVER (PARTITION BY r.lead_id ORDER BY n.recorded_at) AS until
    FROM reachable r JOIN news n USING (lead_id)
    UNION ALL
    SELECT r.lead_id, large, medium, region, coalesce(f.before, r.industry), r.known_at,
           coalesce(f.recorded_at, TIMESTAMP '9999-01-01')
    FROM reachable r
    LEFT JOIN (SELECT lead_id, min(recorded_at) AS recorded_at, arg_min(before, recorded_at) AS before
               FROM news GROUP BY lead_id) f USING (lead_id)
),
graded AS (
    SELECT lead_id, since, until,
           CASE WHEN industry IN ('software', 'financial_services', 'professional_services', 'manufacturing')
                     AND large AND region IN ('emea', 'amer', 'apac') THEN 'A'
                WHEN industry <> '' AND medium AND industry NOT IN ('education', 'public_sector') THEN 'B'
                ELSE 'C' END AS grade_before,
           CASE WHEN industry IN ('software', 'financial_services', 'professional_services', 'manufacturing')
                     AND large AND region IN ('emea', 'amer', 'apac') THEN 'A'
                WHEN industry <> '' AND medium AND industry <> 'education' THEN 'B'
                ELSE 'C' END AS grade_after
    FROM spells
),
fitting AS (
    SELECT lead_id, since, until, grade_before IN ('A', 'B') AS fits_before, grade_after IN ('A', 'B') AS fits_after
    FROM graded WHERE grade_before IN ('A', 'B') OR grade_after IN ('A', 'B')
),
moments AS (
    -- When the lead was first known or its industry changed; each arrival of a behaviour; the end.
    SELECT lead_id, since AS instant, fits_before, fits_after FROM fitting
    UNION
    SELECT f.lead_id, b.recorded_at, fits_before, fits_after
    FROM fitting f JOIN routing_behaviour b ON b.lead_id = f.lead_id AND b.recorded_at >= f.since AND b.recorded_at < f.until
    WHERE b.recorded_at <= getvariable('as_of')
      AND b.name IN ('demo_request', 'contact_sales', 'trial_signup', 'pricing_page', 'product_page', 'webinar',
                     'whitepaper', 'email_click')
    UNION
    SELECT lead_id, getvariable('as_of'), fits_before, fits_after FROM fitting WHERE until > getvariable('as_of')
),
aged AS (
    SELECT m.lead_id, m.instant, m.fits_before, m.fits_after, b.name,
           (epoch_us(m.instant) - epoch_us(b.occurred_at)) / 86400e6 AS days
    FROM moments m JOIN routing_behaviour b
      ON b.lead_id = m.lead_id AND b.occurred_at <= m.instant AND b.recorded_at <= m.instant
),
points AS (
    SELECT lead_id, instant, any_value(fits_before) AS fits_before, any_value(fits_after) AS fits_after,
           least(40, coalesce(sum(40 * pow(0.5, days / 30)) FILTER (name = 'demo_request'), 0)) AS demo_request,
           least(40, coalesce(sum(40 * pow(0.5, days / 30)) FILTER (name = 'contact_sales'), 0)) AS contact_sales,
           least(35, coalesce(sum(35 * pow(0.5, days / 30)) FILTER (name = 'trial_signup'), 0)) AS trial_signup,
           least(30, coalesce(sum(15 * pow(0.5, days / 30)) FILTER (name = 'pricing_page'), 0)) AS pricing_view,
           least(20, coalesce(sum(5 * pow(0.5, days / 30)) FILTER (name = 'product_page'), 0)) AS product_view,
           least(40, coalesce(sum(20 * pow(0.5, days / 60)) FILTER (name = 'webinar'), 0)) AS webinar,
           least(20, coalesce(sum(10 * pow(0.5, days / 45)) FILTER (name = 'whitepaper'), 0)) AS whitepaper,
           least(15, coalesce(sum(3 * pow(0.5, days / 30)) FILTER (name = 'email_click'), 0)) AS email_click,
           bool_or(name IN ('demo_request', 'contact_sales', 'pricing_page') AND days < 30) AS asked
    FROM aged GROUP BY lead_id, instant
),
scored AS (
    SELECT lead_id, instant, fits_before, fits_after, asked,
           round(least(100, least(60, demo_request + contact_sales) + least(40, pricing_view + product_view)
                            + least(45, webinar + whitepaper) + trial_signup + email_click), 2) AS intent
    FROM points
),
opened AS (
    SELECT lead_id,
           min(instant) FILTER (fits_before AND (asked OR intent >= 65)) AS before_at,
           min(instant) FILTER (fits_after AND (asked OR intent >= 50)) AS after_at
    FROM scored GROUP BY lead_id
)
