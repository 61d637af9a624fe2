package io.ikigai.sample.agent;

import java.net.URI;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * How a site stands, a document of the collection {@value #COLLECTION}.
 *
 * @param url the address
 * @param state {@code up} or {@code down}
 * @param reason why it counts as down
 * @param since when it came into this state
 * @param checkedAt when it was checked last
 */
record Site(URI url, String state, @Nullable String reason, Instant since, Instant checkedAt) {

	static final String COLLECTION = "sites";

	/**
	 * What a check makes of a site.
	 */
	static Site after(@Nullable Site before, SiteCheck check) {
		Instant since = (before != null && before.state.equals(check.state())) ? before.since : check.checkedAt();
		return new Site(check.url(), check.state(), check.reason(), since, check.checkedAt());
	}

}
