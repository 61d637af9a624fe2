package io.ikigai.platform.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.Embedding;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.vectorstore.VectorStore;

import org.springframework.cloud.stream.binding.BindingsLifecycleController;
import org.springframework.cloud.stream.function.StreamBridge;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The platform's vector store, which is a {@link Consumer}, beside Spring Cloud Stream.
 */
class VectorStoreIntegrationTests {

	@Test
	void leavesTheApplicationsOnlyFunctionToBeFound() throws Exception {
		try (StreamApplication application = StreamApplication.start(OneFunction.class,
				"spring.cloud.stream.bindings.handle-in-0.group=g")) {
			assertThat(application.bean(VectorStore.class)).isNotNull();
			assertThat(bindings(application)).containsExactly("handle-in-0");
			application.bean(StreamBridge.class).send("handle-in-0", "hello");
			assertThat(application.bean(OneFunction.class).handled.take()).isEqualTo("hello");
		}
	}

	@Test
	void isNotBoundItself() {
		try (StreamApplication application = StreamApplication.start(WithModel.class)) {
			assertThat(application.bean(VectorStore.class)).isNotNull();
			assertThat(bindings(application)).isEmpty();
		}
	}

	private static List<String> bindings(StreamApplication application) {
		List<String> names = new ArrayList<>();
		for (Map<?, ?> binding : application.bean(BindingsLifecycleController.class).queryStates()) {
			names.add(String.valueOf(binding.get("bindingName")));
		}
		return names;
	}

	@Configuration(proxyBeanMethods = false)
	static class WithModel {

		@Bean
		EmbeddingModel model() {
			return new EmbeddingModel() {

				@Override
				public EmbeddingResponse call(EmbeddingRequest request) {
					return new EmbeddingResponse(List.of(new Embedding(new float[] { 1 }, 0)));
				}

				@Override
				public float[] embed(Document document) {
					return new float[] { 1 };
				}
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OneFunction extends WithModel {

		final BlockingQueue<String> handled = new LinkedBlockingQueue<>();

		@Bean
		Consumer<String> handle() {
			return this.handled::add;
		}

	}

}
