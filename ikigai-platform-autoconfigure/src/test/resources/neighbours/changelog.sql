--liquibase formatted sql

--changeset shop:purchase
CREATE TABLE purchase (id BIGINT PRIMARY KEY, item TEXT NOT NULL);
