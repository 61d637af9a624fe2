package io.ikigai.platform.ai;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.ikigai.platform.Platform;
import io.ikigai.platform.storage.DocumentCollection;
import io.ikigai.platform.storage.DocumentQuery;
import io.ikigai.platform.storage.SearchHit;
import io.ikigai.platform.storage.StoredDocument;
import org.jspecify.annotations.Nullable;
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

/**
 * Spring AI's {@link VectorStore} over a collection of documents, each with its
 * {@code text} and {@code metadata}. What is added or deleted joins the running
 * transaction; the model is asked before one is opened. Safe for use by several threads.
 */
public final class DocumentVectorStore extends AbstractObservationVectorStore {

	private static final int PAGE = 1000;

	private final Platform platform;

	private final DocumentCollection<StoredText> collection;

	private DocumentVectorStore(Builder builder) {
		super(builder);
		this.platform = builder.platform;
		this.collection = this.platform.storage().documents(builder.collection, StoredText.class);
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
		Map<String, StoredText> texts = new LinkedHashMap<>();
		for (Document document : documents) {
			String text = document.getText();
			if (text == null) {
				throw new IllegalArgumentException(
						"Document '" + document.getId() + "' has no text; only documents with text can be added");
			}
			texts.put(document.getId(), new StoredText(text, document.getMetadata()));
		}
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
			List<StoredDocument<StoredText>> found;
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

	private static Document document(SearchHit<StoredText> hit) {
		StoredText stored = hit.document().value();
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
	 * How a document is stored.
	 *
	 * @param text its text
	 * @param metadata what else is known of it
	 */
	record StoredText(String text, @Nullable Map<String, Object> metadata) {

		@Override
		public Map<String, Object> metadata() {
			return Objects.requireNonNullElse(this.metadata, Map.of());
		}

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
