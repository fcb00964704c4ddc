-- Leads of one year, in the order in which they came. Every draw is a hash of (number of the lead, purpose).
CREATE MACRO draw(number, purpose) AS hash(number, purpose, 20261123) / 18446744073709551616.0;
CREATE MACRO pick(words, chance) AS words[1 + floor(chance * len(words))::INTEGER];
CREATE MACRO moment(microseconds) AS make_timestamp(microseconds::BIGINT);

CREATE TABLE drawn AS
SELECT
    i AS id,
    moment(epoch_us(getvariable('first')) + floor((i - 1 + draw(i, 'captured')) / getvariable('leads')
        * (epoch_us(getvariable('last')) - epoch_us(getvariable('first'))))) AS captured_at,
    pick(['Anna', 'Ben', 'Carla', 'Deniz', 'Elif', 'Farid', 'Grace', 'Hugo', 'Ines', 'Jonas', 'Karim', 'Lena',
          'Mateo', 'Nora', 'Olu', 'Petra', 'Quentin', 'Rosa', 'Søren', 'Tomás'], draw(i, 'first name')) AS first_name,
    pick(['Abel', 'Brandt', 'Costa', 'Dubois', 'Eriksen', 'Ferrari', 'García', 'Horvat', 'Ito', 'Jansen', 'Kaya',
          'Lindqvist', 'Müller', 'Novak', 'O''Neill', 'Patel', 'Rossi', 'Silva', 'Tanaka', 'Weber'],
         draw(i, 'last name')) AS last_name,
    pick(['VP Sales', 'Head of Operations', 'Engineer', 'Office Manager', 'CTO', 'Geschäftsführer', 'Analyst', ''],
         draw(i, 'title')) AS job_title,
    pick(['north', 'blue', 'alpha', 'silver', 'green', 'river', 'stone', 'bright'], draw(i, 'company 1'))
        || pick(['wind', 'field', 'works', 'logic', 'trade', 'metal', 'foods', 'care'], draw(i, 'company 2'))
        || floor(draw(i, 'company 3') * 900)::INTEGER AS firm,
    draw(i, 'company known') < 0.85 AS company_known,
    draw(i, 'free mail') < 0.12 AS free_mail,
    CASE WHEN draw(i, 'industry known') < 0.78 THEN
        pick(['software', 'software', 'software', 'financial_services', 'financial_services',
              'professional_services', 'professional_services', 'manufacturing', 'manufacturing', 'retail', 'retail',
              'healthcare', 'logistics', 'media', 'education', 'public_sector', 'public_sector', 'other',
              'Oil & Energy'], draw(i, 'industry')) ELSE '' END AS industry,
    CASE WHEN draw(i, 'size') < 0.22 THEN NULL
         WHEN draw(i, 'size') < 0.42 THEN 1 + floor(draw(i, 'employees') * 9)
         WHEN draw(i, 'size') < 0.66 THEN 10 + floor(draw(i, 'employees') * 40)
         WHEN draw(i, 'size') < 0.84 THEN 50 + floor(draw(i, 'employees') * 150)
         ELSE 200 + floor(draw(i, 'employees') * 8000) END::INTEGER AS employees,
    pick(['US', 'US', 'GB', 'GB', 'DE', 'DE', 'FR', 'NL', 'SE', 'ES', 'BR', 'IN', 'JP', 'AU', ''], draw(i, 'country'))
        AS country,
    pick(['organic_search', 'organic_search', 'organic_search', 'paid_search', 'paid_search', 'social', 'paid_social',
          'email', 'email', 'referral', 'direct_traffic', 'display', 'event', 'partner', 'outbound', 'other',
          'Newsletter', ''], draw(i, 'source')) AS source,
    CASE WHEN draw(i, 'consent') < 0.70 THEN 'granted' WHEN draw(i, 'consent') < 0.80 THEN 'denied'
         WHEN draw(i, 'consent') < 0.84 THEN 'withdrawn' ELSE '' END AS consent,
    CASE WHEN draw(i, 'address') < 0.02 THEN '' WHEN draw(i, 'address') < 0.05 THEN 'invalid' ELSE 'valid' END
        AS email_status,
    -- Most leads do little, one in five does a lot: 2.8 behaviours on average.
    least(60, floor(-ln(1 - draw(i, 'how often')) * CASE WHEN draw(i, 'keen') < 0.2 THEN 9.5 ELSE 1.68 END))::INTEGER
        AS behaviours
FROM range(1, getvariable('leads') + 1) AS numbers(i);
