package io.ikigai.benchmarks.worker;

/**
 * The row that a handler writes in the transaction that completes its task.
 */
final class WrittenRow {

	static final String CREATE = """
			CREATE TABLE IF NOT EXISTS benchmark_written (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
				url TEXT NOT NULL, written_at TIMESTAMPTZ NOT NULL DEFAULT now())""";

	static final String INSERT = "INSERT INTO benchmark_written (url) VALUES (?)";

	private WrittenRow() {
	}

}
