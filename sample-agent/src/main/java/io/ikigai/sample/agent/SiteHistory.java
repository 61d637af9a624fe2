package io.ikigai.sample.agent;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import io.ikigai.platform.storage.DocumentCollection;
import io.ikigai.platform.storage.DocumentQuery;
import io.ikigai.platform.storage.Op;
import io.ikigai.platform.storage.SearchHit;
import io.ikigai.platform.storage.Storage;
import io.ikigai.platform.storage.StoredDocument;

import org.springframework.stereotype.Component;

/**
 * What the agent remembers: every check, and how each site stands.
 */
@Component
class SiteHistory {

	private static final int CHECKS = 10;

	private final DocumentCollection<SiteCheck> checks;

	private final DocumentCollection<Site> sites;

	SiteHistory(Storage storage) {
		this.checks = storage.documents(SiteCheck.COLLECTION, SiteCheck.class);
		this.sites = storage.documents(Site.COLLECTION, Site.class);
	}

	/**
	 * Keeps the outcome of a check.
	 * @return the site, if it went down or came back
	 * @throws io.ikigai.platform.storage.StaleDocumentException if another check of the
	 * same site came between
	 */
	Optional<Site> add(SiteCheck check) {
		this.checks.put(check.taskId().toString(), check);
		String id = id(check.url());
		Optional<StoredDocument<Site>> before = this.sites.get(id);
		Site after = Site.after(before.map(StoredDocument::value).orElse(null), check);
		this.sites.put(id, after, before.map(StoredDocument::version).orElse(0L));
		boolean wasUp = before.map((site) -> site.value().state().equals("up")).orElse(true);
		return (wasUp != after.state().equals("up")) ? Optional.of(after) : Optional.empty();
	}

	Answer of(URI url) {
		List<StoredDocument<SiteCheck>> last = this.checks
			.find(DocumentQuery.all().where("url", Op.EQ, url.toString()).orderBy("checkedAt", false).limit(CHECKS));
		return new Answer(this.sites.get(id(url)).map(StoredDocument::value).orElse(null),
				last.stream().map(StoredDocument::value).toList());
	}

	Answer search(String words) {
		return new Answer(null,
				this.checks.search(words, CHECKS)
					.stream()
					.map(SearchHit::document)
					.map(StoredDocument::value)
					.toList());
	}

	// An address may be longer than an id
	private static String id(URI url) {
		return UUID.nameUUIDFromBytes(url.toString().getBytes(StandardCharsets.UTF_8)).toString();
	}

}
