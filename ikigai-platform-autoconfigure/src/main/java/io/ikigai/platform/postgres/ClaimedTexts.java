package io.ikigai.platform.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

import io.ikigai.platform.StoredHeaders;
import io.ikigai.platform.queue.TaskClaim;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Completes claims whose texts were too large to be read together with those of all
 * others. What does not fit into one claim goes back to the queue, for the next one.
 */
final class ClaimedTexts {

	private static final Log logger = LogFactory.getLog(ClaimedTexts.class);

	private final JdbcTemplate jdbc;

	private final LargeRows<List<@Nullable String>> texts;

	private final TaskRow rows;

	private final String release;

	private final Consumer<TaskClaim> announcer;

	ClaimedTexts(JdbcTemplate jdbc, Schema schema, TaskRow rows, Consumer<TaskClaim> announcer) {
		this.jdbc = jdbc;
		this.texts = LargeTexts.of(jdbc, schema, "task_queue", "enqueued_by");
		this.rows = rows;
		this.announcer = announcer;
		this.release = schema.sql("""
				UPDATE {schema}.task_queue SET claimed_by = NULL, claimed_at = NULL, claim_token = NULL,
					lease_expires_at = NULL, attempt = greatest(attempt - 1, 0)
				WHERE id = ANY (?) AND claim_token = ? AND claimed_by IS NOT NULL""");
	}

	/**
	 * Returns how large each text may be that a claim itself reads.
	 * @param max how many tasks it claims
	 * @return a number of bytes
	 */
	int each(int max) {
		return this.texts.each(max);
	}

	/**
	 * Reads what a claim has not read.
	 * @param claims all that was claimed, in the order of the queue
	 * @param large the ids of those whose texts are to be read
	 * @return the claims that can be handed out, in the order of the queue
	 */
	List<TaskClaim> complete(List<TaskClaim> claims, Set<UUID> large) {
		Map<UUID, Optional<List<@Nullable String>>> read;
		try {
			read = this.texts.read(claims.stream().map(TaskClaim::id).filter(large::contains).toList());
		}
		catch (RuntimeException ex) {
			if (claims.get(0).transactional()) {
				throw ex;
			}
			List<TaskClaim> small = claims.stream().filter((claim) -> !large.contains(claim.id())).toList();
			List<TaskClaim> back = claims.stream().filter((claim) -> large.contains(claim.id())).toList();
			try {
				release(back);
			}
			catch (RuntimeException notReleased) {
				ex.addSuppressed(notReleased);
			}
			if (small.isEmpty()) {
				throw ex;
			}
			logger.warn(back.size() + " large tasks of queue '" + claims.get(0).queue()
					+ "' could not be read and went back to the queue", ex);
			return small;
		}
		List<TaskClaim> complete = new ArrayList<>();
		for (TaskClaim claim : claims) {
			Optional<List<@Nullable String>> texts = read.get(claim.id());
			if (large.contains(claim.id()) && texts == null) {
				// The order of the queue: nothing behind what did not fit is handed out
				break;
			}
			complete.add((texts != null && texts.isPresent()) ? completed(claim, texts.get()) : claim);
		}
		release(claims.subList(complete.size(), claims.size()));
		return complete;
	}

	private TaskClaim completed(TaskClaim claim, List<@Nullable String> texts) {
		String payload = texts.get(0);
		StoredHeaders headers = this.rows.headers(texts.get(1));
		return new TaskClaim(claim.id(), claim.token(), claim.queue(), TaskRow.shown(payload), claim.priority(),
				claim.attempt(), claim.deaths(), claim.maxAttempts(), claim.uniqueKey(), headers.headers(),
				claim.createdAt(), claim.scheduledFor(), claim.claimedAt(), claim.claimedBy(), claim.lease(),
				claim.transactional(), claim.receipt(), TaskRow.flaw(payload, headers));
	}

	private void release(List<TaskClaim> claims) {
		if (!claims.isEmpty()) {
			TaskClaim first = claims.get(0);
			List<UUID> ids = claims.stream().map(TaskClaim::id).toList();
			this.jdbc.update(this.release, (statement) -> {
				statement.setArray(1, PostgresTaskTracker.uuids(statement, ids));
				statement.setObject(2, first.token());
			});
			this.announcer.accept(first);
		}
	}

}
