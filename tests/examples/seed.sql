-- A spring in the shop: two currencies, both channels, a refund, a cancelled order and a test order.
INSERT INTO raw.countries VALUES
    ('DE', 'Germany', 'EUR', 0.19),
    ('CH', 'Switzerland', 'CHF', 0.081);

INSERT INTO raw.exchange_rates VALUES
    ('CHF', '2026-02-10', 1.04),
    ('CHF', '2026-03-02', 1.05),
    ('CHF', '2026-03-20', 1.06);

INSERT INTO raw.customers VALUES
    (1, ' Ada@Example.org ', 'Ada Brook', 'de', '2026-01-05 10:00', TRUE),
    (2, 'ben@example.org', '', 'ch', '2026-02-07 12:30', TRUE),
    (3, 'cleo@example.org', 'Cleo Ford', NULL, '2026-02-09 09:15', NULL);

INSERT INTO raw.addresses VALUES
    (1, 'Am Wehr 1', 'Ulm', '89073', 'DE', '2026-01-05'),
    (1, 'Quellweg 7', 'Kiel', '24103', 'DE', '2026-02-20'),
    (2, 'Seestrasse 3', 'Bern', '3011', 'CH', '2026-02-07');

INSERT INTO raw.categories VALUES (1, NULL, 'Garden'), (2, 1, 'Hoses'), (3, NULL, 'Kitchen');

INSERT INTO raw.products VALUES
    (1, 'H-10', 'Hose 10 m', 2, 20.00, 12.00, NULL),
    (2, 'H-25', 'Hose 25 m', 2, 40.00, NULL, NULL),
    (3, 'K-01', 'Kettle', 3, 35.00, 20.00, NULL);

INSERT INTO raw.web_orders VALUES
    (100, 1, '2026-02-10 08:00', 'delivered', 'EUR', 'SPRING'),
    (101, 2, '2026-03-02 09:00', 'sent', 'CHF', NULL),
    (102, 3, '2026-03-02 10:00', 'cancelled', 'EUR', NULL),
    (103, 1, '2026-03-20 11:00', 'delivered', 'EUR', NULL),
    (104, 1, '2026-03-20 11:05', 'test', 'EUR', NULL);

INSERT INTO raw.web_order_lines VALUES
    (100, 1, 1, 2, 20.00, 5.00),
    (100, 2, 3, 1, 35.00, NULL),
    (101, 1, 2, 1, 42.00, NULL),
    (102, 1, 3, 1, 35.00, NULL),
    (103, 1, 2, 2, 40.00, NULL),
    (104, 1, 1, 99, 20.00, NULL);

INSERT INTO raw.payments VALUES
    (1, 100, 'card', 70.00, 'settled', '2026-02-10 08:01'),
    (2, 101, 'invoice', 42.00, 'settled', '2026-03-09 14:00'),
    (3, 103, 'card', 80.00, 'failed', NULL);

INSERT INTO raw.refunds VALUES (1, 100, 2, 10.00, 'dented', '2026-03-02 16:00');

INSERT INTO raw.stores VALUES (1, 'Harbour', 'Kiel', 'DE'), (2, 'Old Town', 'Bern', 'CH');

INSERT INTO raw.loyalty_cards VALUES ('L1', 1, '2026-01-06');

INSERT INTO raw.receipts VALUES
    ('R1', 1, 'L1', '2026-03-02 15:00'),
    ('R2', 2, NULL, '2026-03-20 17:45');

INSERT INTO raw.receipt_items VALUES
    ('R1', 1, 3, 1, 35.70),
    ('R2', 1, 1, 1, 21.62);

INSERT INTO raw.stock_movements VALUES
    (1, '2026-02-01 06:00', 12, 'delivery'),
    (1, '2026-02-10 08:00', -2, 'sale'),
    (1, '2026-03-20 17:45', -1, 'sale'),
    (2, '2026-02-01 06:00', 50, 'delivery'),
    (3, '2026-02-01 06:00', 30, 'delivery');

INSERT INTO raw.page_views VALUES
    ('v1', 1, '/', '2026-03-20 10:40'),
    ('v1', 1, '/checkout', '2026-03-20 11:00'),
    ('v1', 1, '/', '2026-03-20 13:00'),
    ('v2', NULL, '/hoses', '2026-03-20 12:00');
