-- One lead in ten had no industry at first: it was found out later, and the log says when.
CREATE TABLE routing_leadchange AS
SELECT
    row_number() OVER (ORDER BY found_at, id) AS id,
    id AS lead_id, 'industry' AS field, NULL::VARCHAR AS before, to_json(industry)::VARCHAR AS after,
    'enrich' AS cause, NULL::BIGINT AS actor_id, 'Concord' AS actor_name, found_at AS occurred_at,
    found_at AS recorded_at
FROM (
    SELECT id, industry, moment(epoch_us(captured_at) + 1 + floor(draw(id, 'enriched at')
        * least(60 * 86400e6, epoch_us(getvariable('as_of')) - epoch_us(captured_at) - 2))) AS found_at
    FROM drawn WHERE industry <> ''
    ORDER BY draw(id, 'enriched'), id LIMIT (getvariable('leads') // 10)
) ORDER BY id;
