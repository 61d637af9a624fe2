package io.ikigai.sample.agent;

import java.net.URI;
import java.time.Duration;

/**
 * A site that is checked again and again, a document of the collection
 * {@value #COLLECTION}.
 *
 * @param url the address
 * @param every how often
 */
record WatchedSite(URI url, Duration every) {

	static final String COLLECTION = "watched-sites";

}
