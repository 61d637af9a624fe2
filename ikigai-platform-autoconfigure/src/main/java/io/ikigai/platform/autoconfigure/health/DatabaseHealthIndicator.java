package io.ikigai.platform.autoconfigure.health;

import java.time.Duration;

import io.ikigai.platform.DatabaseHygiene;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * What makes PostgreSQL slow in the long run. {@code UNKNOWN} with a {@code problem} when
 * somebody should look; that takes no application out of service.
 */
final class DatabaseHealthIndicator extends AbstractHealthIndicator {

	private static final Duration LONG_TRANSACTION = Duration.ofMinutes(10);

	private static final double FULL_QUEUE = 0.5;

	private static final double MANY_DEAD = 0.8;

	private final DatabaseHygiene hygiene;

	DatabaseHealthIndicator(DatabaseHygiene hygiene) {
		super("The health check of the platform's database failed");
		this.hygiene = hygiene;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		DatabaseHygiene.Findings findings = this.hygiene.findings();
		builder.up()
			.withDetail("notificationQueue", findings.notificationQueue())
			.withDetail("deadTuples", findings.deadTuples());
		Duration oldest = findings.oldestTransaction();
		Integer pid = findings.oldestTransactionPid();
		if (oldest != null && pid != null) {
			builder.withDetail("oldestTransaction", oldest.toString()).withDetail("oldestTransactionPid", pid);
		}
		if (oldest != null && oldest.compareTo(LONG_TRANSACTION) > 0) {
			problem(builder, "A transaction has been open for " + oldest
					+ ": nothing that was deleted since can be vacuumed. Its session is pid " + pid);
		}
		else if (findings.notificationQueue() > FULL_QUEUE) {
			problem(builder,
					"The queue of notifications is filling up: a session that listens does not read, or is in a "
							+ "transaction. When it is full, commits that notify fail");
		}
		else {
			findings.deadTuples()
				.entrySet()
				.stream()
				.filter((table) -> table.getValue() > MANY_DEAD)
				.findFirst()
				.ifPresent((table) -> builder.withDetail("hint",
						"Most rows of " + table.getKey() + " are dead: is autovacuum held up?"));
		}
	}

	private static void problem(Health.Builder builder, String problem) {
		builder.status(Status.UNKNOWN).withDetail("problem", problem);
	}

}
