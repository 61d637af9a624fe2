package io.ikigai.platform.ai;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.ikigai.platform.Platform;
import io.ikigai.platform.storage.DocumentCollection;
import io.ikigai.platform.storage.DocumentQuery;
import io.ikigai.platform.storage.SearchHit;
import io.ikigai.platform.storage.StoredDocument;
import org.springframework.ai.document.Document;
import org.springframework.ai.document.DocumentMetadata;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.embedding.EmbeddingOptions;
import org.springframework.ai.vectorstore.AbstractVectorStoreBuilder;
import org.springframework.ai.vectorstore.SearchRequest;
import org.springframework.ai.vectorstore.VectorStore;
import org.springframework.ai.vectorstore.filter.Filter;
import org.springframework.ai.vectorstore.observation.AbstractObservationVectorStore;
import org.springframework.ai.vectorstore.observation.VectorStoreObservationContext;
import tools.jackson.databind.JsonNode;

/**
 * Spring AI's {@link VectorStore} over a collection of documents, each with its
 * {@code text} and {@code metadata}. What is added or deleted joins the running
 * transaction; the model is asked before one is opened. Safe for use by several threads.
 */
public final class DocumentVectorStore extends AbstractObservationVectorStore {

	private static final int PAGE = 1000;

	private final Platform platform;

	private final DocumentCollection<JsonNode> collection;

	private DocumentVectorStore(Builder builder) {
		super(builder);
		this.platform = builder.platform;
		this.collection = this.platform.storage().documents(builder.collection, JsonNode.class);
	}

	/**
	 * Returns a builder.
	 * @param platform the platform
	 * @param collection the collection's name
	 * @param model what embeds texts
	 * @return the builder
	 */
	public static Builder builder(Platform platform, String collection, EmbeddingModel model) {
		return new Builder(platform, collection, model);
	}

	@Override
	public void doAdd(List<Document> documents) {
		Map<String, JsonNode> texts = new LinkedHashMap<>();
		documents.forEach((document) -> texts.put(document.getId(), StoredText.of(document)));
		List<float[]> embedded = this.embeddingModel.embed(documents, EmbeddingOptions.builder().build(),
				this.batchingStrategy);
		Map<String, float[]> vectors = new LinkedHashMap<>();
		for (int i = 0; i < documents.size(); i++) {
			vectors.put(documents.get(i).getId(), embedded.get(i));
		}
		this.platform.transaction(() -> {
			this.collection.putAll(texts);
			this.collection.embedAll(vectors);
		});
	}

	@Override
	public void doDelete(List<String> ids) {
		this.platform.transaction(() -> ids.stream().sorted().forEach(this.collection::delete));
	}

	@Override
	protected void doDelete(Filter.Expression filter) {
		DocumentQuery page = FilterTranslation.query(filter).limit(PAGE);
		this.platform.transaction(() -> {
			List<StoredDocument<JsonNode>> found;
			do {
				found = this.collection.find(page);
				found.forEach((document) -> this.collection.delete(document.id()));
			}
			while (found.size() == PAGE);
		});
	}

	@Override
	public List<Document> doSimilaritySearch(SearchRequest request) {
		DocumentQuery filter = FilterTranslation.query(request.getFilterExpression());
		double threshold = request.getSimilarityThreshold();
		return this.collection.nearest(this.embeddingModel.embed(request.getQuery()), filter, request.getTopK())
			.stream()
			.filter((hit) -> threshold == SearchRequest.SIMILARITY_THRESHOLD_ACCEPT_ALL || hit.score() >= threshold)
			.map(DocumentVectorStore::document)
			.toList();
	}

	private static Document document(SearchHit<JsonNode> hit) {
		StoredText stored = StoredText.read(hit.document().value());
		Map<String, Object> metadata = new HashMap<>(stored.metadata());
		metadata.put(DocumentMetadata.DISTANCE.value(), 1 - hit.score());
		return Document.builder()
			.id(hit.document().id())
			.text(stored.text())
			.metadata(metadata)
			.score(hit.score())
			.build();
	}

	@Override
	public VectorStoreObservationContext.Builder createObservationContextBuilder(String operation) {
		return VectorStoreObservationContext.builder("ikigai", operation);
	}

	/**
	 * Builds the store.
	 */
	public static final class Builder extends AbstractVectorStoreBuilder<Builder> {

		private final Platform platform;

		private final String collection;

		private Builder(Platform platform, String collection, EmbeddingModel model) {
			super(model);
			this.platform = platform;
			this.collection = collection;
		}

		@Override
		public DocumentVectorStore build() {
			return new DocumentVectorStore(this);
		}

	}

}
