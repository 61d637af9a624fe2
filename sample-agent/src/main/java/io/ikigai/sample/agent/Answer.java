package io.ikigai.sample.agent;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The agent's answer.
 *
 * @param site how the site stands, if the question names one that was checked
 * @param checks the checks it asks for, the last or the best first
 */
record Answer(@Nullable Site site, List<SiteCheck> checks) {
}
