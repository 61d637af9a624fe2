package io.ikigai.sample.agent;

import java.net.URI;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * One check as it is kept and told: a document of the collection {@value #COLLECTION},
 * under the id of its task, a message of the topic of that name, and an event of
 * telemetry.
 *
 * @param taskId the task
 * @param url the address
 * @param state {@code up} or {@code down}
 * @param reason why the site counts as down
 * @param status the HTTP status, if there was an answer
 * @param millis the time until the answer or the failure
 * @param certificateExpiry when the site's certificate ends, for https
 * @param checkedAt when
 */
record SiteCheck(UUID taskId, URI url, String state, @Nullable String reason, @Nullable Integer status, long millis,
		@Nullable Instant certificateExpiry, Instant checkedAt) {

	static final String COLLECTION = "site-checks";

	static SiteCheck of(UUID taskId, URI url, CheckOutcome outcome) {
		return new SiteCheck(taskId, url, outcome.state(), outcome.reason(), outcome.status(), outcome.millis(),
				outcome.certificateExpiry(), Instant.now().truncatedTo(ChronoUnit.SECONDS));
	}

}
