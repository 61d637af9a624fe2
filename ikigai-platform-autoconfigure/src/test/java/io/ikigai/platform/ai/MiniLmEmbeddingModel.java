package io.ikigai.platform.ai;

import java.util.ArrayList;
import java.util.List;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.Embedding;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;

/**
 * A real embedding model that needs no network: all-MiniLM-L6-v2, 384 numbers.
 */
public final class MiniLmEmbeddingModel implements EmbeddingModel {

	private static final AllMiniLmL6V2QuantizedEmbeddingModel model = new AllMiniLmL6V2QuantizedEmbeddingModel();

	@Override
	public EmbeddingResponse call(EmbeddingRequest request) {
		List<dev.langchain4j.data.embedding.Embedding> vectors = model
			.embedAll(request.getInstructions().stream().map(TextSegment::from).toList())
			.content();
		List<Embedding> embeddings = new ArrayList<>();
		for (int i = 0; i < vectors.size(); i++) {
			embeddings.add(new Embedding(vectors.get(i).vector(), i));
		}
		return new EmbeddingResponse(embeddings);
	}

	@Override
	public float[] embed(Document document) {
		return embed(getEmbeddingContent(document));
	}

	@Override
	public int dimensions() {
		return 384;
	}

}
