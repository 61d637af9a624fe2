package io.ikigai.sample.webapp;

import java.util.List;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel;
import io.ikigai.platform.storage.TextEmbedding;

import org.springframework.stereotype.Component;
import org.springframework.util.function.SingletonSupplier;

/**
 * The model that knows what a search means: the one by which the sample agent embeds what
 * it keeps, for only vectors of the same model can be compared. It runs in this process
 * and is loaded by the first search.
 */
@Component
class SearchModel implements TextEmbedding {

	private final SingletonSupplier<AllMiniLmL6V2QuantizedEmbeddingModel> model = SingletonSupplier
		.of(AllMiniLmL6V2QuantizedEmbeddingModel::new);

	@Override
	public List<float[]> embed(List<String> texts) {
		return this.model.obtain()
			.embedAll(texts.stream().map(TextSegment::from).toList())
			.content()
			.stream()
			.map(Embedding::vector)
			.toList();
	}

}
