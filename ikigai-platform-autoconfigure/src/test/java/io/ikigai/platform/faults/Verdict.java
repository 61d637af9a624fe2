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
		none("effect though it was cancelled",
				common(set(this.fleet.ledger(), "SELECT id FROM ledger.cancelled WHERE certain"),
						set(this.fleet.database(), "SELECT id FROM ledger.effect")));
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
		Map<String, Long> effects = counts(this.fleet.database(),
				"SELECT kind, count(DISTINCT id) FROM ledger.effect GROUP BY kind");
		for (String queue : Consumers.QUEUES) {
			JsonNode stats = report.path(queue);
			if (stats.path("failed").asLong() != 0) {
				this.faults.add(queue + " failed: " + stats);
			}
			long completed = stats.path("completed").asLong();
			if (queue.equals(Consumers.PLAIN)) {
				plain(completed);
			}
			else if (completed != effects.getOrDefault(queue, 0L)) {
				this.faults.add(queue + " counts " + completed + ", effects are " + effects.get(queue));
			}
		}
	}

	// A handler without an effect may have begun with a task that was cancelled then
	private void plain(long completed) throws SQLException {
		Set<String> handled = set(this.fleet.ledger(), "SELECT id FROM ledger.handling WHERE kind = 'plain'");
		handled.removeAll(set(this.fleet.ledger(), "SELECT id FROM ledger.cancelled WHERE certain"));
		int most = handled.size();
		handled.removeAll(set(this.fleet.ledger(), "SELECT id FROM ledger.cancelled"));
		if (completed < handled.size() || completed > most) {
			this.faults.add("plain counts " + completed + ", handled are " + handled.size() + " to " + most);
		}
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
