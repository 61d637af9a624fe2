package io.ikigai.platform.faults;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.ikigai.platform.testing.Waits;
import io.ikigai.platform.testservers.PostgresDatabase;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Judges by the ledger what became of all that was sent so far: what was accepted was
 * handled, effects are there once, messages were handled in the order of their source,
 * nothing came of what was rolled back or cancelled, nothing is stuck, and the platform's
 * counters agree.
 */
final class Verdict {

	private final Fleet fleet;

	private final List<String> faults = new ArrayList<>();

	private Verdict(Fleet fleet) {
		this.fleet = fleet;
	}

	/**
	 * Waits until all that was accepted is done, and judges.
	 * @param fleet the participants; they need not be the same as before the faults, but
	 * the producer lives
	 */
	static void isGood(Fleet fleet) throws SQLException {
		Verdict verdict = new Verdict(fleet);
		verdict.awaitEnd();
		verdict.effects();
		verdict.order();
		verdict.news();
		verdict.counters();
		assertThat(verdict.faults).as("what went wrong").isEmpty();
	}

	/**
	 * The same where the backend forgets what is published while a subscriber is away.
	 */
	static void isGoodButForNews(Fleet fleet) throws SQLException {
		Verdict verdict = new Verdict(fleet);
		verdict.awaitEnd();
		verdict.effects();
		verdict.order();
		verdict.counters();
		assertThat(verdict.faults).as("what went wrong").isEmpty();
	}

	private void awaitEnd() {
		Waits.untilAsserted("all accepted work is done", () -> {
			Set<String> accepted = set(this.fleet.ledger(), "SELECT id FROM ledger.accepted WHERE kind <> 'news'");
			accepted.removeAll(done());
			assertThat(accepted).as("accepted, not handled").isEmpty();
			assertThat(unfinished()).as("stuck").isEmpty();
		});
	}

	private Set<String> done() throws SQLException {
		Set<String> done = set(this.fleet.database(), "SELECT id FROM ledger.effect");
		done.addAll(set(this.fleet.ledger(), "SELECT id FROM ledger.handling WHERE kind = 'plain'"));
		return done;
	}

	private List<String> unfinished() throws SQLException {
		List<String> unfinished = new ArrayList<>();
		JsonNode report = this.fleet.producer().report();
		for (String queue : Consumers.QUEUES) {
			JsonNode stats = report.path(queue);
			if (stats.path("ready").asLong() + stats.path("scheduled").asLong() + stats.path("claimed").asLong() > 0) {
				unfinished.add(queue + " " + stats);
			}
		}
		if (report.path(Consumers.MAILBOX).asLong() > 0) {
			unfinished.add(report.path(Consumers.MAILBOX) + " messages");
		}
		unfinished.addAll(set(this.fleet.database(), "SELECT service || ' in the outbox' FROM ikigai_outbox"));
		return unfinished;
	}

	private void effects() throws SQLException {
		none("effect twice", set(this.fleet.database(),
				"SELECT kind || ' ' || id FROM ledger.effect GROUP BY kind, id HAVING count(*) > 1"));
		Set<String> undone = set(this.fleet.ledger(), "SELECT id FROM ledger.undone WHERE kind <> 'news'");
		Set<String> handled = set(this.fleet.ledger(), "SELECT id FROM ledger.handling WHERE kind <> 'news'");
		none("handled though it was rolled back", common(undone, handled));
		if (this.fleet.queuesOnPostgres()) {
			none("effect though it was cancelled",
					common(cancelled(true), set(this.fleet.database(), "SELECT id FROM ledger.effect")));
		}
		// Elsewhere a task may be cancelled while the transaction of its effect commits
		none("claimed though it was cancelled", set(this.fleet.ledger(), """
				SELECT id FROM ledger.handling JOIN ledger.cancelled USING (id)
				WHERE certain AND claimed_at > ledger.cancelled.noted_at"""));
		none("news of what was rolled back", set(this.fleet.ledger(), """
				SELECT source || ' ' || number FROM ledger.handling JOIN ledger.undone u USING (kind, source, number)
				WHERE kind = 'news'"""));
	}

	private void order() throws SQLException {
		none("message out of order", set(this.fleet.database(),
				"""
						SELECT source || ' ' || number FROM (SELECT source, number, lag(number) OVER (PARTITION BY source ORDER BY seq) AS before
							FROM ledger.effect WHERE kind = 'mail') m WHERE number <= before"""));
		none("news out of order or twice", set(this.fleet.ledger(), """
				SELECT worker || ' ' || source || ' ' || number FROM (SELECT worker, source, number,
					lag(number) OVER (PARTITION BY worker, source ORDER BY seq) AS before
					FROM ledger.handling WHERE kind = 'news') m WHERE number <= before"""));
	}

	private void news() {
		String missed = """
				SELECT source || ' ' || number FROM ledger.accepted a WHERE kind = 'news' AND NOT EXISTS (SELECT FROM ledger.handling h
					WHERE h.kind = 'news' AND h.worker = '%s' AND h.source = a.source AND h.number = a.number)"""
			.formatted(this.fleet.producer().inLedger());
		Waits.untilAsserted("the subscriber has all news",
				() -> assertThat(set(this.fleet.ledger(), missed)).as("news missed").isEmpty());
	}

	private void counters() throws SQLException {
		JsonNode report = this.fleet.producer().report();
		for (String queue : Consumers.QUEUES) {
			JsonNode stats = report.path(queue);
			if (stats.path("failed").asLong() != 0) {
				this.faults.add(queue + " failed: " + stats);
			}
			long completed = stats.path("completed").asLong();
			counter(queue, completed);
		}
	}

	// Without an effect, or with one in another database than the task, a handler may
	// have begun with a task that was cancelled then
	private void counter(String queue, long completed) throws SQLException {
		boolean plain = queue.equals(Consumers.PLAIN);
		Set<String> done = plain ? set(this.fleet.ledger(), "SELECT id FROM ledger.handling WHERE kind = 'plain'")
				: set(this.fleet.database(), "SELECT id FROM ledger.effect WHERE kind = '%s'".formatted(queue));
		boolean exact = !plain && this.fleet.queuesOnPostgres();
		if (!exact) {
			done.removeAll(cancelled(true));
		}
		int most = done.size();
		if (!exact) {
			done.removeAll(cancelled(false));
		}
		if (completed < done.size() || completed > most) {
			this.faults.add(queue + " counts " + completed + ", done are " + done.size() + " to " + most);
		}
	}

	private Set<String> cancelled(boolean certain) throws SQLException {
		return set(this.fleet.ledger(), "SELECT id FROM ledger.cancelled WHERE certain OR NOT " + certain);
	}

	/**
	 * Judges, on PostgreSQL, that no claim was made after its task had ended. A cancelled
	 * task ends before that is noted: its own time is when the statement began, which may
	 * have waited for a claim that began later.
	 */
	static void nothingClaimedAfterItsEnd(Fleet fleet) throws SQLException {
		Map<String, Long> claims = counts(fleet.ledger(),
				"SELECT id, extract(epoch FROM max(claimed_at)) * 1000000 FROM ledger.handling WHERE claimed_at IS NOT NULL GROUP BY id");
		Map<String, Long> ends = counts(fleet.database(),
				"SELECT id, extract(epoch FROM completed_at) * 1000000 FROM task_queue WHERE completed_at IS NOT NULL AND cancelled_at IS NULL");
		ends.putAll(counts(fleet.ledger(),
				"SELECT id, extract(epoch FROM noted_at) * 1000000 FROM ledger.cancelled WHERE certain"));
		assertThat(claims.entrySet()
			.stream()
			.filter((claim) -> claim.getValue() > ends.getOrDefault(claim.getKey(), Long.MAX_VALUE))
			.map(Map.Entry::getKey)).as("claimed after its end").isEmpty();
	}

	/**
	 * Judges that no claim has the time of a worker's wrong clock.
	 */
	static void nothingClaimedByAWrongClock(Fleet fleet) throws SQLException {
		assertThat(set(fleet.ledger(), """
				SELECT worker || ' ' || kind || ' ' || id FROM ledger.handling
				WHERE abs(extract(epoch FROM noted_at - claimed_at)) > 1800""")).as("claimed at another time")
			.isEmpty();
	}

	/**
	 * Judges, on PostgreSQL, that no task of the queue whose handler cannot fail is said
	 * to have failed: an outage is not the work's fault.
	 */
	static void nothingFailedInVain(Fleet fleet) throws SQLException {
		assertThat(set(fleet.database(),
				"""
						SELECT id || ' ' || error FROM task_queue WHERE queue_name = 'plain'
						AND cancelled_at IS NULL AND error IS NOT NULL AND error NOT LIKE 'The worker died or let its lease end%'"""))
			.as("failed though its handler did not")
			.isEmpty();
	}

	private void none(String what, Set<String> found) {
		if (!found.isEmpty()) {
			this.faults.add(what + " (" + found.size() + "): "
					+ found.stream().sorted().limit(10).collect(Collectors.joining(", ")));
		}
	}

	private static Set<String> common(Set<String> one, Set<String> other) {
		Set<String> common = new HashSet<>(one);
		common.retainAll(other);
		return common;
	}

	private static Set<String> set(PostgresDatabase database, String sql) throws SQLException {
		Set<String> values = new HashSet<>();
		try (Connection connection = database.connect();
				Statement statement = connection.createStatement();
				ResultSet rows = statement.executeQuery(sql)) {
			while (rows.next()) {
				values.add(rows.getString(1));
			}
		}
		return values;
	}

	private static Map<String, Long> counts(PostgresDatabase database, String sql) throws SQLException {
		Map<String, Long> counts = new HashMap<>();
		try (Connection connection = database.connect();
				Statement statement = connection.createStatement();
				ResultSet rows = statement.executeQuery(sql)) {
			while (rows.next()) {
				counts.put(rows.getString(1), rows.getBigDecimal(2).longValue());
			}
		}
		return counts;
	}

}
