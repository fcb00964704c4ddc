-- What the leads did: crowded towards the capture, recorded when it occurred, numbered as it came in.
CREATE TABLE acts AS
SELECT
    id AS lead_id,
    CASE WHEN n = 1 AND draw(id, 'at capture') < 0.4 THEN captured_at
         ELSE moment(epoch_us(captured_at) + floor(pow(draw(id * 64 + n, 'when'), 2)
            * least(120 * 86400e6, epoch_us(getvariable('as_of')) - epoch_us(captured_at) - 1))) END AS occurred_at,
    CASE WHEN draw(id * 64 + n, 'what') < 0.034 THEN 'demo_request'
         WHEN draw(id * 64 + n, 'what') < 0.049 THEN 'contact_sales'
         WHEN draw(id * 64 + n, 'what') < 0.073 THEN 'trial_signup'
         WHEN draw(id * 64 + n, 'what') < 0.150 THEN 'pricing_page'
         WHEN draw(id * 64 + n, 'what') < 0.230 THEN 'webinar'
         WHEN draw(id * 64 + n, 'what') < 0.330 THEN 'whitepaper'
         WHEN draw(id * 64 + n, 'what') < 0.580 THEN 'product_page'
         WHEN draw(id * 64 + n, 'what') < 0.930 THEN 'email_click'
         ELSE 'blog_visit' END AS name
FROM (SELECT id, captured_at, unnest(range(1, behaviours + 1)) AS n FROM drawn);

CREATE TABLE routing_behaviour AS
SELECT row_number() OVER (ORDER BY occurred_at, lead_id, name) AS id, lead_id, name, occurred_at,
       occurred_at AS recorded_at, '{}' AS properties, '' AS external_key
FROM acts ORDER BY id;
