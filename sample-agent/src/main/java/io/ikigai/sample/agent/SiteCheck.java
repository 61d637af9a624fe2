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
 * @param host the host of it, by which a question finds it
 * @param state {@code up} or {@code down}
 * @param reason why the site counts as down
 * @param status the HTTP status, if there was an answer
 * @param millis the time until the answer or the failure
 * @param certificateExpiry when the site's certificate ends, for https
 * @param checkedAt when
 * @param summary all this in a sentence, which is searched
 */
record SiteCheck(UUID taskId, URI url, String host, String state, @Nullable String reason, @Nullable Integer status,
		long millis, @Nullable Instant certificateExpiry, Instant checkedAt, String summary) {

	static final String COLLECTION = "site-checks";

	static SiteCheck of(UUID taskId, URI url, CheckOutcome outcome) {
		String summary = (outcome.reason() == null)
				? "%s was up and answered within %d ms".formatted(url, outcome.millis())
				: "%s was down: %s".formatted(url, outcome.reason());
		return new SiteCheck(taskId, url, url.getHost(), outcome.state(), outcome.reason(), outcome.status(),
				outcome.millis(), outcome.certificateExpiry(), Instant.now().truncatedTo(ChronoUnit.SECONDS), summary);
	}

}
