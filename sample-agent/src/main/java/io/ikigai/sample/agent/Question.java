package io.ikigai.sample.agent;

import java.net.URI;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * What is put to the agent: {@code {"site": "https://example.org/"}} for how a site
 * stands and its last checks, or {@code {"search": "certificate or timeout"}} for the
 * checks with these words, {@code {"ask": "what failed today on example.org?"}} for those
 * that answer a question, {@code {"watch": "https://example.org/", "every": "PT1M"}} to
 * have a site checked again and again, {@code {"unwatch": …}} to end that.
 *
 * @param site the address
 * @param search words as in a web search
 * @param ask a question in plain words
 * @param watch the address of a site to check again and again
 * @param every how often, a minute if it is not said
 * @param unwatch the address of a site that is not to be watched any more
 */
record Question(@Nullable URI site, @Nullable String search, @Nullable String ask, @Nullable URI watch,
		@Nullable Duration every, @Nullable URI unwatch) {
}
