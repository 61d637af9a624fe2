package io.ikigai.sample.agent;

import java.net.URI;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotNull;
import org.jspecify.annotations.Nullable;

/**
 * The payload of a task: {@code {"url": "https://example.org/"}}.
 *
 * @param url the address to check
 */
record CheckRequest(@NotNull URI url) {

	static final String REQUIRED = "must be an absolute http or https address with a host, without user and password";

	@AssertTrue(message = REQUIRED)
	boolean isUrl() {
		return isWeb(this.url);
	}

	// A password would be kept with each check, shown and sent in alerts
	static boolean isWeb(@Nullable URI url) {
		return url != null && url.getHost() != null && url.getRawUserInfo() == null
				&& ("http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme()));
	}

}
