package io.ikigai.sample.agent;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.UUID;

import io.ikigai.platform.queue.ClaimMode;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.Task;
import jakarta.validation.Valid;

import org.springframework.stereotype.Component;

/**
 * Checks all pages of a site. That may take minutes: the claim's lease is extended
 * meanwhile, the task tells how far it is, and it stops when somebody cancels it.
 */
@Component
class SiteCrawler {

	private final Sitemap sitemap;

	private final SiteChecker checker;

	private final SiteHistory history;

	SiteCrawler(SiteRequests requests, SiteChecker checker, SiteHistory history) {
		this.sitemap = new Sitemap(requests);
		this.checker = checker;
		this.history = history;
	}

	// tag::crawl[]
	@IkigaiTaskListener(queue = "site-crawls", claim = ClaimMode.LEASE, maxAttempts = "2", timeout = "1h")
	CrawlResult crawl(@Valid CrawlRequest request, Task task) throws IOException, InterruptedException {
		List<URI> pages = this.sitemap.pages(request.sitemap());
		int down = 0;
		for (int page = 0; page < pages.size() && !task.cancelled(); page++) {
			CheckOutcome outcome = this.checker.check(pages.get(page));
			// A page has the same id in each attempt: who begins anew writes no page
			// twice
			UUID id = UUID.nameUUIDFromBytes((task.id() + " " + page).getBytes());
			this.history.keep(SiteCheck.of(id, pages.get(page), outcome));
			down += outcome.state().equals("up") ? 0 : 1;
			task.progress((page + 1.0) / pages.size(),
					"%d of %d pages, %d down".formatted(page + 1, pages.size(), down));
		}
		return new CrawlResult(pages.size(), down);
	}
	// end::crawl[]

}
