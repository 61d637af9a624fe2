package io.ikigai.sample.agent;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import io.ikigai.platform.storage.DocumentCollection;
import io.ikigai.platform.storage.DocumentQuery;
import io.ikigai.platform.storage.Op;
import io.ikigai.platform.storage.SearchHit;
import io.ikigai.platform.storage.Storage;
import io.ikigai.platform.storage.StoredDocument;
import io.ikigai.platform.storage.TextEmbedding;

import org.springframework.stereotype.Component;

/**
 * What the agent remembers: every check, and how each site stands.
 */
@Component
class SiteHistory {

	private static final int CHECKS = 10;

	private final DocumentCollection<SiteCheck> checks;

	private final DocumentCollection<Site> sites;

	private final TextEmbedding model;

	SiteHistory(Storage storage, TextEmbedding model) {
		this.model = model;
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
		keep(check);
		String id = id(check.url());
		Optional<StoredDocument<Site>> before = this.sites.get(id);
		Site after = Site.after(before.map(StoredDocument::value).orElse(null), check);
		this.sites.put(id, after, before.map(StoredDocument::version).orElse(0L));
		boolean wasUp = before.map((site) -> site.value().state().equals("up")).orElse(true);
		return (wasUp != after.state().equals("up")) ? Optional.of(after) : Optional.empty();
	}

	/**
	 * Keeps a check, and what it means.
	 */
	void keep(SiteCheck check) {
		this.checks.put(check.taskId().toString(), check);
		this.checks.embed(check.taskId().toString(), meaning(check.summary()));
	}

	private float[] meaning(String text) {
		return this.model.embed(List.of(text)).get(0);
	}

	Answer of(URI url) {
		List<StoredDocument<SiteCheck>> last = this.checks
			.find(DocumentQuery.all().where("url", Op.EQ, url.toString()).orderBy("checkedAt", false).limit(CHECKS));
		return new Answer(this.sites.get(id(url)).map(StoredDocument::value).orElse(null),
				last.stream().map(StoredDocument::value).toList());
	}

	Answer search(String words) {
		return answer(this.checks.search(words, CHECKS));
	}

	// tag::ask[]
	/**
	 * Answers a question in plain words: what it says for certain is a condition, and of
	 * what meets it the nearest in meaning come first.
	 */
	Answer ask(String question) {
		DocumentQuery conditions = Conditions.of(question, Instant.now());
		return answer(this.checks.nearest(meaning(question), conditions, CHECKS));
	}
	// end::ask[]

	private static Answer answer(List<SearchHit<SiteCheck>> hits) {
		return new Answer(null, hits.stream().map(SearchHit::document).map(StoredDocument::value).toList());
	}

	// An address may be longer than an id
	static String id(URI url) {
		return UUID.nameUUIDFromBytes(url.toString().getBytes(StandardCharsets.UTF_8)).toString();
	}

}
