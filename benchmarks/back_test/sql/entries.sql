-- The log of stages: who fits and shows interest goes further, and the keener the further. Real rules are not run.
CREATE TABLE keen AS
SELECT d.id, coalesce(a.asked, NULL) AS asked_at, coalesce(a.strength, 0) AS strength,
       d.industry NOT IN ('', 'education', 'public_sector') AND coalesce(d.employees, 0) >= 50 AS fits,
       d.consent = 'granted' AND d.email_status = 'valid' AND d.source <> '' AS reachable
FROM drawn d LEFT JOIN (
    SELECT lead_id, min(occurred_at) FILTER (name IN ('demo_request', 'contact_sales', 'pricing_page')) AS asked,
           least(100, sum(CASE name WHEN 'demo_request' THEN 40 WHEN 'contact_sales' THEN 40 WHEN 'trial_signup' THEN 35
               WHEN 'webinar' THEN 20 WHEN 'pricing_page' THEN 15 WHEN 'whitepaper' THEN 10 WHEN 'product_page' THEN 5
               ELSE 2 END)) AS strength
    FROM acts GROUP BY lead_id
) a ON a.lead_id = d.id;

-- Days spent in each stage are drawn apart; a stage is entered when all before it were.
CREATE TABLE path AS
SELECT d.id, d.captured_at AS inquiry_at,
    CASE WHEN k.reachable AND d.company_known AND d.country <> '' THEN d.captured_at END AS lead_at,
    CASE WHEN k.reachable AND k.fits AND NOT d.free_mail THEN
        CASE WHEN k.asked_at IS NOT NULL AND draw(d.id, 'mql') < 0.9 THEN k.asked_at
             WHEN k.strength >= 65 THEN moment(epoch_us(d.captured_at) + floor(draw(d.id, 'mql days') * 30 * 86400e6)) END
    END AS mql_at,
    CASE WHEN draw(d.id, 'sal') < 0.50 + 0.004 * k.strength THEN draw(d.id, 'sal days') * 3 END AS sal_days,
    CASE WHEN draw(d.id, 'sql') < 0.35 + 0.004 * k.strength THEN draw(d.id, 'sql days') * 20 END AS sql_days,
    CASE WHEN draw(d.id, 'opportunity') < 0.6 THEN draw(d.id, 'opportunity days') * 15 END AS opportunity_days,
    draw(d.id, 'won') < 0.15 + 0.005 * k.strength + CASE WHEN d.employees >= 200 THEN 0.15 ELSE 0 END AS wins,
    5 + draw(d.id, 'close days') * 60 AS close_days,
    draw(d.id, 'recycled') < 0.05 AS recycled
FROM drawn d JOIN keen k USING (id);

CREATE MACRO later(since, days) AS moment(epoch_us(since) + floor(days * 86400e6));

CREATE TABLE steps AS
WITH one AS (SELECT *, later(mql_at, sal_days) AS sal_at FROM path),
     two AS (SELECT *, later(sal_at, sql_days) AS sql_at FROM one),
     three AS (SELECT *, later(sql_at, opportunity_days) AS opportunity_at FROM two),
     four AS (SELECT *, later(opportunity_at, close_days) AS closed_at FROM three)
SELECT * FROM (
    SELECT id AS lead_id, '' AS from_stage, 'inquiry' AS to_stage, 1 AS place, inquiry_at AS occurred_at FROM four
    UNION ALL SELECT id, 'inquiry', 'lead', 2, lead_at FROM four
    UNION ALL SELECT id, 'lead', 'mql', 3, mql_at FROM four
    UNION ALL SELECT id, 'mql', 'sal', 4, sal_at FROM four
    UNION ALL SELECT id, 'sal', 'sql', 5, sql_at FROM four
    UNION ALL SELECT id, 'sql', 'opportunity', 6, opportunity_at FROM four
    UNION ALL SELECT id, 'opportunity', CASE WHEN wins THEN 'won' ELSE 'lost' END, 7, closed_at FROM four
    UNION ALL SELECT id, 'lead', 'recycled', 8, later(inquiry_at, close_days) FROM four
        WHERE recycled AND lead_at IS NOT NULL AND mql_at IS NULL
) WHERE occurred_at < getvariable('as_of');

-- Two in a hundred wins were declared a mistake later: such an entry counts for nothing.
CREATE TABLE log AS
SELECT row_number() OVER (ORDER BY occurred_at, lead_id, place) AS id, * FROM steps;

CREATE TABLE routing_stageentry AS
SELECT id, lead_id, 1 AS pass_number, from_stage, to_stage, occurred_at, false AS date_only, occurred_at AS recorded_at,
       1 AS edition_id, CASE WHEN place < 4 THEN 'system' ELSE 'person' END AS origin, NULL::BIGINT AS actor_id,
       CASE WHEN place < 4 THEN 'Concord' ELSE 'A rep' END AS actor_name,
       CASE WHEN place = 3 THEN '{"opened": true, "words": "fit is A or B; a demo was requested; consent is granted"}'
            ELSE '{}' END AS verdict, '' AS reason, NULL::BIGINT AS voids_id
FROM log
UNION ALL
SELECT (SELECT max(id) FROM log) + row_number() OVER (ORDER BY id), lead_id, 1, to_stage, to_stage,
       later(occurred_at, 1), false, later(occurred_at, 1), 1, 'person', NULL, 'A rep', '{}', 'Entered by mistake', id
FROM log WHERE to_stage = 'won' AND draw(lead_id, 'voided') < 0.02 AND later(occurred_at, 1) < getvariable('as_of')
ORDER BY id;
