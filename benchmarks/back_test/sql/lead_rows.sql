-- The rows of the leads as the application keeps them: every column, the folded texts included.
CREATE TABLE routing_lead AS
WITH named AS (
    SELECT d.*,
        CASE WHEN free_mail THEN pick(['gmail.com', 'gmail.com', 'outlook.com', 'gmx.de', 'yahoo.com'], draw(id, 'mail'))
             ELSE firm || '.com' END AS domain,
        CASE WHEN country IN ('US', 'BR') THEN 'amer' WHEN country IN ('IN', 'JP', 'AU') THEN 'apac'
             WHEN country = '' THEN CASE WHEN draw(id, 'region') < 0.5 THEN 'emea' ELSE '' END ELSE 'emea' END AS region,
        CASE WHEN employees IS NULL THEN '' WHEN employees < 50 THEN 'smb' WHEN employees < 1000 THEN 'mid_market'
             ELSE 'enterprise' END AS segment,
        CASE WHEN draw(id, 'revenue known') < 0.45 THEN
            floor(coalesce(employees, 20) * (40000 + draw(id, 'revenue') * 120000)) END AS revenue
    FROM drawn d
), whole AS (
    SELECT n.*, CASE WHEN email_status = '' THEN '' ELSE lower(strip_accents(replace(first_name, 'ø', 'o'))) || '.'
        || n.id || '@' || domain END AS email,
        last.to_stage, last.occurred_at AS entered_at
    FROM named n JOIN (
        SELECT lead_id, arg_max(to_stage, place) AS to_stage, max(occurred_at) AS occurred_at FROM steps GROUP BY lead_id
    ) last ON last.lead_id = n.id
)
SELECT
    id, email, CASE WHEN email = '' THEN '' ELSE domain END AS email_domain, email_status, first_name, last_name,
    job_title, '' AS phone, CASE WHEN company_known THEN upper(firm) ELSE '' END AS company, '' AS website, industry,
    employees, revenue::DECIMAL(16, 2) AS annual_revenue, country, region, segment, '' AS buying_role, source,
    'web_form' AS channel, '' AS campaign, consent,
    CASE WHEN consent <> '' THEN captured_at END AS consent_at, '{}' AS attributes,
    json_merge_patch('{}', to_json({email: nullif(email, ''), email_domain: CASE WHEN email <> '' THEN domain END,
        first_name: lower(first_name), last_name: lower(last_name), job_title: nullif(lower(job_title), ''),
        company: CASE WHEN company_known THEN firm END, industry: nullif(lower(industry), ''),
        country: nullif(lower(country), ''), region: nullif(region, ''), segment: nullif(segment, ''),
        source: nullif(lower(source), ''), channel: 'web_form', consent: nullif(consent, ''),
        email_status: nullif(email_status, '')}))::VARCHAR AS folded,
    '' AS icp_grade, NULL::DOUBLE AS intent_score, NULL::TIMESTAMP AS scored_at, to_stage AS stage,
    entered_at AS stage_entered_at, 1 AS pass_number,
    CASE WHEN to_stage NOT IN ('inquiry', 'lead') THEN 1 + floor(draw(id, 'owner') * getvariable('owners'))::BIGINT END
        AS owner_id,
    CASE WHEN to_stage IN ('inquiry', 'lead') THEN 'nurture' ELSE '' END AS queue, '' AS territory, false AS suppressed,
    '' AS suppressed_reason, NULL::DATE AS next_touch_on, '' AS nurture_track, '' AS opportunity_id,
    NULL::DECIMAL(16, 2) AS amount, NULL::BIGINT AS merged_into_id, NULL::TIMESTAMP AS merged_at, captured_at,
    captured_at AS recorded_at, false AS is_imported
FROM whole ORDER BY id;
