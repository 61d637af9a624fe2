package io.ikigai.sample.agent;

import java.net.URI;

import org.jspecify.annotations.Nullable;

/**
 * A question to the agent: {@code {"site": "https://example.org/"}} for how a site stands
 * and its last checks, or {@code {"search": "certificate or timeout"}} for the checks
 * with these words.
 *
 * @param site the address
 * @param search words as in a web search
 */
record Question(@Nullable URI site, @Nullable String search) {
}
