package io.ikigai.platform.faults;

import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.UUID;

import com.zaxxer.hikari.HikariDataSource;
import io.ikigai.platform.testservers.PostgresDatabase;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * What participants write down of what happened, in a database that no fault touches and
 * outside all transactions of the platform. Effects are the exception: they stand in the
 * platform's own database, for they are written in its transactions.
 */
final class Ledger implements AutoCloseable {

	private static final String TABLES = """
			CREATE SCHEMA ledger;
			CREATE TABLE ledger.accepted (id uuid NOT NULL, kind text NOT NULL, source text NOT NULL, number int NOT NULL);
			CREATE TABLE ledger.undone (id uuid NOT NULL, kind text NOT NULL, source text NOT NULL, number int NOT NULL);
			CREATE TABLE ledger.cancelled (id uuid NOT NULL, certain boolean NOT NULL, noted_at timestamptz NOT NULL DEFAULT now());
			CREATE TABLE ledger.handling (seq bigserial, worker text NOT NULL, id uuid, kind text NOT NULL, source text NOT NULL,
				number int NOT NULL, claimed_at timestamptz, noted_at timestamptz NOT NULL DEFAULT now());
			CREATE TABLE ledger.effect (seq bigserial, worker text NOT NULL, id uuid NOT NULL, kind text NOT NULL,
				source text NOT NULL, number int NOT NULL)""";

	private final HikariDataSource connections = new HikariDataSource();

	private final JdbcTemplate jdbc = new JdbcTemplate(this.connections);

	private final String worker;

	Ledger(PostgresDatabase database, String worker) {
		this.connections.setJdbcUrl(database.url());
		this.connections.setUsername(database.username());
		this.connections.setPassword(database.password());
		this.connections.setMaximumPoolSize(6);
		this.worker = worker;
	}

	/**
	 * Creates the tables. Nothing in them keeps work from being done twice.
	 */
	static void create(PostgresDatabase database) throws SQLException {
		database.execute(TABLES);
	}

	/**
	 * The platform has returned: from now on it may not lose this.
	 */
	void accepted(UUID id, String kind, Piece piece) {
		this.jdbc.update("INSERT INTO ledger.accepted (id, kind, source, number) VALUES (?, ?, ?, ?)", id, kind,
				piece.source(), piece.number());
	}

	/**
	 * The transaction that sent this was rolled back: nothing may come of it.
	 */
	void undone(UUID id, String kind, Piece piece) {
		this.jdbc.update("INSERT INTO ledger.undone (id, kind, source, number) VALUES (?, ?, ?, ?)", id, kind,
				piece.source(), piece.number());
	}

	/**
	 * A task was cancelled; or it may have been, as the call failed.
	 */
	void cancelled(UUID id, boolean certain) {
		this.jdbc.update("INSERT INTO ledger.cancelled (id, certain) VALUES (?, ?)", id, certain);
	}

	/**
	 * A handler begins.
	 */
	void handling(String kind, @Nullable UUID id, Piece piece, @Nullable Instant claimedAt) {
		this.jdbc.update("""
				INSERT INTO ledger.handling (worker, id, kind, source, number, claimed_at)
				VALUES (?, ?, ?, ?, ?, ?)""", this.worker, id, kind, piece.source(), piece.number(),
				(claimedAt != null) ? Timestamp.from(claimedAt) : null);
	}

	/**
	 * Writes what a handler is there for, in the running transaction of the platform.
	 * @param platform the platform's database
	 */
	void effect(JdbcTemplate platform, String kind, UUID id, Piece piece) {
		platform.update("INSERT INTO ledger.effect (worker, id, kind, source, number) VALUES (?, ?, ?, ?, ?)",
				this.worker, id, kind, piece.source(), piece.number());
	}

	@Override
	public void close() {
		this.connections.close();
	}

}
