package io.ikigai.platform.postgres;

import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Analyzes {@code task_queue} when it has grown far beyond what the planner knows, well
 * before autovacuum would. A plan that some session made and kept while the table was
 * small reads and sorts the whole backlog for each claim; new statistics end it, for
 * workers that claim by plain SQL too.
 */
final class QueueStatistics {

	private static final Log logger = LogFactory.getLog(QueueStatistics.class);

	private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);

	/**
	 * Whether the table {@code ?} has outgrown its statistics, and this role may analyze
	 * it. Statistics made while a large transaction had not committed yet know pages but
	 * no rows.
	 */
	static final String OUTGROWN = """
			EXISTS (SELECT FROM pg_class c WHERE c.oid = to_regclass(?) AND pg_has_role(c.relowner, 'USAGE')
				AND pg_relation_size(c.oid) > (200 + CASE WHEN c.reltuples > 0 THEN 4 * c.relpages::bigint ELSE 0 END) * current_setting('block_size')::bigint)
			""";

	private final JdbcTemplate jdbc;

	private final Executor executor;

	private final String analyze;

	private final AtomicLong last = new AtomicLong(System.nanoTime() - PAUSE_NANOS);

	private final AtomicBoolean underWay = new AtomicBoolean();

	QueueStatistics(JdbcTemplate jdbc, Schema schema, Executor executor) {
		this.jdbc = jdbc;
		this.executor = executor;
		this.analyze = schema.sql("ANALYZE (SKIP_LOCKED) {schema}.task_queue");
	}

	/**
	 * Analyzes the table soon, in another thread, unless that was just done.
	 */
	void refresh() {
		if (System.nanoTime() - this.last.get() >= PAUSE_NANOS && this.underWay.compareAndSet(false, true)) {
			this.executor.execute(() -> {
				try {
					this.jdbc.execute(this.analyze);
				}
				catch (DataAccessException ex) {
					logger.debug("Could not analyze the task queue; autovacuum will", ex);
				}
				finally {
					this.last.set(System.nanoTime());
					this.underWay.set(false);
				}
			});
		}
	}

}
