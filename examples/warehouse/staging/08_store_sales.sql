-- Items on receipts in euros and without tax.
CREATE VIEW staging.store_sales AS
SELECT
    i.receipt_no,
    i.item_no,
    k.customer_id,
    i.product_id,
    CAST(b.sold_at AS DATE) AS sold_on,
    i.quantity,
    i.amount / (1 + n.vat_rate) * r.rate AS amount_eur,
    s.name AS store
FROM raw.receipts AS b
JOIN raw.receipt_items AS i USING (receipt_no)
JOIN raw.stores AS s ON s.id = b.store_id
JOIN raw.countries AS n ON n.code = s.country_code
JOIN staging.rates AS r ON r.currency = n.currency AND r.day = CAST(b.sold_at AS DATE)
LEFT JOIN raw.loyalty_cards AS k ON k.card_no = b.card_no;
