package io.ikigai.sample.agent;

import java.util.List;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel;
import io.ikigai.platform.storage.TextEmbedding;

import org.springframework.stereotype.Component;

/**
 * The model that knows what texts mean. It runs in this process, and asks nobody.
 */
@Component
class LocalModel implements TextEmbedding {

	private final AllMiniLmL6V2QuantizedEmbeddingModel model = new AllMiniLmL6V2QuantizedEmbeddingModel();

	@Override
	public List<float[]> embed(List<String> texts) {
		return this.model.embedAll(texts.stream().map(TextSegment::from).toList())
			.content()
			.stream()
			.map(Embedding::vector)
			.toList();
	}

}
