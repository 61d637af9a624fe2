package io.ikigai.sample.webapp;

import java.util.List;
import java.util.function.Supplier;

import io.ikigai.platform.storage.DocumentCollection;
import io.ikigai.platform.storage.DocumentQuery;
import io.ikigai.platform.storage.SearchHit;
import io.ikigai.platform.storage.Storage;
import io.ikigai.platform.storage.StoredDocument;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.util.StringUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;

/**
 * The documents.
 */
@Controller
class StorageController {

	private static final String AREA = "documents";

	private static final int ROWS = 50;

	private static final int HITS = 20;

	private final Storage storage;

	private final Readings readings;

	StorageController(Storage storage, Readings readings) {
		this.storage = storage;
		this.readings = readings;
	}

	@GetMapping("/storage")
	String collections(Model model) {
		model.addAttribute("collections", this.readings.get("all", AREA,
				() -> this.storage.collections().stream().sorted().map(this::collection).toList()));
		return "storage";
	}

	private Collection collection(String name) {
		return new Collection(name, documents(name).count(DocumentQuery.all()));
	}

	private DocumentCollection<JsonNode> documents(String name) {
		return this.storage.documents(name, JsonNode.class);
	}

	@GetMapping("/collection")
	String collection(@RequestParam String name, @RequestParam(defaultValue = "") String q,
			@RequestParam(defaultValue = "") String after, Model model) {
		DocumentCollection<JsonNode> documents = documents(name);
		model.addAttribute("name", name);
		model.addAttribute("q", q);
		if (StringUtils.hasText(q)) {
			model.addAttribute("searches",
					List.of(hits("Words", "full-text search, best first", name, q, () -> documents.search(q, HITS)),
							hits("Meaning", "vectors, closest first", name, q, () -> documents.similar(q, HITS)),
							hits("Both", "reciprocal rank of the two", name, q, () -> documents.hybrid(q, HITS))));
		}
		else {
			page(documents, after, model);
		}
		// Last, for counting many keeps the database busy
		model.addAttribute("count", this.readings.get("count " + name, AREA, () -> collection(name)));
		return "collection";
	}

	private static void page(DocumentCollection<JsonNode> documents, String after, Model model) {
		DocumentQuery query = DocumentQuery.all().limit(ROWS + 1);
		if (StringUtils.hasText(after)) {
			query = query.after(find(documents, after));
		}
		List<StoredDocument<JsonNode>> found = documents.find(query);
		boolean more = found.size() > ROWS;
		model.addAttribute("documents", more ? found.subList(0, ROWS) : found);
		model.addAttribute("next", more ? found.get(ROWS - 1).id() : null);
		model.addAttribute("after", after);
	}

	private Search hits(String title, String note, String collection, String text,
			Supplier<List<SearchHit<JsonNode>>> search) {
		return new Search(title, note,
				this.readings.get("%s %s %s".formatted(title, collection, text), "searches", search));
	}

	private static StoredDocument<JsonNode> find(DocumentCollection<JsonNode> documents, String id) {
		return documents.get(id)
			.orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND,
					"There is no document with this id. Perhaps it was deleted."));
	}

	@GetMapping("/document")
	String document(@RequestParam String collection, @RequestParam String id, Model model) {
		model.addAttribute("collection", collection);
		model.addAttribute("document", find(documents(collection), id));
		return "document";
	}

	/**
	 * A collection and its size.
	 */
	record Collection(String name, long documents) {
	}

	/**
	 * One way to search.
	 */
	record Search(String title, String note, Reading.Known<List<SearchHit<JsonNode>>> hits) {

		public @Nullable String trouble() {
			return this.hits.trouble();
		}

	}

}
