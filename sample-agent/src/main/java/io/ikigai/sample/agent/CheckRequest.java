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

	@AssertTrue(message = "must be an absolute http or https address with a host")
	boolean isUrl() {
		return isWeb(this.url);
	}

	private static boolean isWeb(@Nullable URI url) {
		return url == null || url.getHost() != null
				&& ("http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme()));
	}

}
