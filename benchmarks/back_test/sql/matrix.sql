,
won AS (
    SELECT DISTINCT e.lead_id FROM routing_stageentry e
    WHERE e.to_stage = 'won' AND e.voids_id IS NULL AND e.occurred_at <= getvariable('as_of')
      AND NOT EXISTS (SELECT 1 FROM routing_stageentry v WHERE v.voids_id = e.id AND v.recorded_at <= getvariable('as_of'))
)
SELECT l.source,
       CASE WHEN o.before_at IS NOT NULL AND o.after_at IS NOT NULL THEN 'both' WHEN o.after_at IS NOT NULL THEN 'gained'
            WHEN o.before_at IS NOT NULL THEN 'lost' ELSE 'neither' END AS kind,
       count(*) AS leads, count(w.lead_id) AS won
FROM routing_lead l
LEFT JOIN opened o ON o.lead_id = l.id
LEFT JOIN won w ON w.lead_id = l.id
WHERE l.captured_at >= getvariable('since') AND l.captured_at < getvariable('until') AND l.merged_into_id IS NULL
GROUP BY ALL
