package io.ikigai.sample.agent;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

import io.ikigai.platform.Platform;
import io.ikigai.platform.queue.TaskOptions;
import io.ikigai.platform.storage.DocumentCollection;
import io.ikigai.platform.storage.DocumentQuery;
import io.ikigai.platform.storage.StoredDocument;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.util.Assert;

/**
 * The sites that are checked again and again. A schedule is a task that is due later: the
 * transaction that completes one check enqueues the next. Its unique key is the time at
 * which it is due, so that several agents, and an agent that starts anew, make one task
 * of it.
 */
@Component
class WatchedSites {

	private static final Duration SHORTEST = Duration.ofSeconds(1);

	private final Platform platform;

	private final DocumentCollection<WatchedSite> sites;

	WatchedSites(Platform platform) {
		this.platform = platform;
		this.sites = platform.storage().documents(WatchedSite.COLLECTION, WatchedSite.class);
	}

	// tag::watch[]
	void watch(URI url, Duration every) {
		if (every.compareTo(SHORTEST) < 0) {
			throw new IllegalArgumentException("A site is checked every second at most, not every " + every);
		}
		Assert.isTrue(CheckRequest.isWeb(url), "A site " + CheckRequest.REQUIRED);
		WatchedSite site = new WatchedSite(url, every);
		this.platform.transaction(() -> {
			this.sites.put(SiteHistory.id(url), site);
			schedule(site);
		});
	}

	void unwatch(URI url) {
		this.sites.delete(SiteHistory.id(url));
	}

	/**
	 * Enqueues the next check, if the site is still watched. Joins the running
	 * transaction.
	 */
	void next(URI url) {
		Optional<StoredDocument<WatchedSite>> site = this.sites.get(SiteHistory.id(url));
		site.map(StoredDocument::value).ifPresent(this::schedule);
	}

	private void schedule(WatchedSite site) {
		long period = site.every().toMillis();
		Instant due = Instant.ofEpochMilli((System.currentTimeMillis() / period + 1) * period);
		this.platform.queue(MonitoringAgent.QUEUE)
			.enqueue(new CheckRequest(site.url()),
					TaskOptions.of().withScheduledFor(due).withUniqueKey(due + " " + SiteHistory.id(site.url())));
	}
	// end::watch[]

	@EventListener(ApplicationReadyEvent.class)
	void resume() {
		this.sites.find(DocumentQuery.all()).stream().map(StoredDocument::value).forEach(this::schedule);
	}

}
