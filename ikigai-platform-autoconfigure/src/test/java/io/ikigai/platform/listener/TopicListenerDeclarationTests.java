package io.ikigai.platform.listener;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import io.ikigai.platform.pubsub.ListenedTopics;
import io.ikigai.platform.pubsub.PublishedMessage;
import io.ikigai.platform.pubsub.TopicListener;
import io.ikigai.platform.queue.Task;
import jakarta.validation.Valid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.PropertySourcesPlaceholderConfigurer;
import org.springframework.core.annotation.AliasFor;
import org.springframework.core.env.MapPropertySource;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.scheduling.annotation.Async;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What {@code @TopicListener} may and may not declare. No listener here starts.
 */
class TopicListenerDeclarationTests {

	@Test
	void hasAnIdOfBeanMethodAndTopics() {
		TopicListenerContainer container = only(new Object() {
			@TopicListener(topics = { "b", "a" }, autoStartup = "false")
			void handle(String message, @Header("topic") String topic, PublishedMessage published) {
			}
		});
		assertThat(container.id()).isEqualTo("bean0.handle:b, a");
		assertThat(container.topics()).containsExactly("b", "a");
		assertThat(container.kind()).isEqualTo(ListenerKind.TOPIC);
		assertThat(container).hasToString("Listener 'bean0.handle:b, a' of topic 'b, a'");
		assertThat(container.isRunning()).isFalse();
		assertThat(container.active()).isZero();
	}

	@Test
	void resolvesPlaceholdersAndExpressions() {
		TopicListenerContainer container = only(new Object() {
			@TopicListener(topics = { "${topic.name}", "#{'a' + 'b'}", "#{ {'c', 'd'} }", "#{'e,f'.split(',')}" },
					id = "#{1 + 1}", autoStartup = "${off}")
			void handle(Message<List<String>> message) {
			}
		});
		assertThat(container.topics()).containsExactly("prices", "ab", "c", "d", "e", "f");
		assertThat(container.id()).isEqualTo("2");
	}

	@Test
	void isRepeatableAndAMetaAnnotation() {
		assertThat(start(new Object() {
			@TopicListener(topics = "one", autoStartup = "false")
			@TopicListener(topics = "two", autoStartup = "false")
			void repeated(String message) {
			}

			@PriceListener("three")
			void meta(String message) {
			}
		})).extracting(ListenerContainer::id)
			.containsExactlyInAnyOrder("bean0.repeated:one", "bean0.repeated:two", "meta");
	}

	@Test
	void refusesTopicsThatAreNone() {
		refuses(new Object() {
			@TopicListener(topics = {})
			void handle(String message) {
			}
		}, "@TopicListener on", "handle (bean 'bean0')", "topics = []", "the names of the topics");
		refuses(new Object() {
			@TopicListener(topics = { "a", " " })
			void handle(String message) {
			}
		}, "topics = [a, ]");
		refuses(new Object() {
			@TopicListener(topics = "refused")
			void handle(String message) {
			}
		}, "handle (bean 'bean0')", "no such topic");
		refuses(new Object() {
			@TopicListener(topics = "${missing.key}")
			void handle(String message) {
			}
		}, "topics = \"${missing.key}\"", "cannot be resolved");
	}

	@Test
	void refusesAHeaderWithoutANameIfTheClassFileHoldsNone(@TempDir Path directory) {
		refuses(NamelessParameters.withMethod(directory,
				"@io.ikigai.platform.pubsub.TopicListener(topics = \"a\") public void handle(String message,"
						+ " @org.springframework.messaging.handler.annotation.Header String topic) { }"),
				"Nameless.handle", "parameter 2", "-parameters");
	}

	@Test
	void refusesMethodsThatMakeNoSense() {
		refuses(new Object() {
			@Async
			@TopicListener(topics = "a")
			void handle(String message) {
			}
		}, "handle (bean 'bean0')", "is @Async and returns void");
		refuses(new Object() {
			@TopicListener(topics = "a")
			String handle(String message) {
				return message;
			}
		}, "handle (bean 'bean0')", "must return void");
		refuses(new Object() {
			@TopicListener(topics = "a")
			void handle(String message, Integer other) {
			}
		}, "handle (bean 'bean0')", "several parameters for the payload");
		refuses(new Object() {
			@TopicListener(topics = "a")
			void handle(Task task) {
			}
		}, "handle (bean 'bean0')", "is called for a PublishedMessage");
		refuses(new Object() {
			@TopicListener(topics = "a")
			void handle(@Valid Object message) {
			}
		}, "there is no Validator");
		refuses(new Object() {
			@TopicListener(topics = "a", autoStartup = "perhaps")
			void handle(String message) {
			}
		}, "autoStartup = \"perhaps\"", "true or false");
		refuses(new Object() {
			@TopicListener(topics = "a", id = "x")
			@TopicListener(topics = "b", id = "x")
			void handle(String message) {
			}
		}, "has the id 'x'", "topic 'a'");
	}

	private static TopicListenerContainer only(Object handler) {
		List<ListenerContainer> containers = start(handler);
		assertThat(containers).hasSize(1);
		return (TopicListenerContainer) containers.get(0);
	}

	private static void refuses(Object handler, String... words) {
		assertThatExceptionOfType(InvalidListenerException.class).isThrownBy(() -> start(handler))
			.satisfies((ex) -> assertThat(ex.getMessage()).contains(words));
	}

	@SuppressWarnings("unchecked")
	private static List<ListenerContainer> start(Object handler) {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("test", Map.of("topic.name", "prices", "off", "false")));
			context.register(Listening.class);
			context.registerBean("bean0", (Class<Object>) handler.getClass(), (Supplier<Object>) () -> handler);
			context.refresh();
			return List.copyOf(context.getBean(ListenerRegistry.class).containers());
		}
	}

	@Target({ ElementType.METHOD, ElementType.ANNOTATION_TYPE })
	@Retention(RetentionPolicy.RUNTIME)
	@TopicListener(topics = {}, autoStartup = "false", id = "meta")
	@interface PriceListener {

		@AliasFor(annotation = TopicListener.class, attribute = "topics")
		String[] value();

	}

	@Configuration(proxyBeanMethods = false)
	static class Listening {

		@Bean
		static TopicListenerPostProcessor postProcessor() {
			return new TopicListenerPostProcessor();
		}

		@Bean
		static PropertySourcesPlaceholderConfigurer placeholders() {
			return new PropertySourcesPlaceholderConfigurer();
		}

		@Bean
		ListenerRegistry registry() {
			return new ListenerRegistry((listener, error) -> {
			}, null);
		}

		@Bean
		TopicListenerContainerFactory factory() {
			return new TopicListenerContainerFactory(Listening::topics, Duration.ofSeconds(5), null);
		}

		private static ListenedTopics topics(Set<String> names) {
			if (names.contains("refused")) {
				throw new IllegalArgumentException("no such topic");
			}
			return (handler) -> {
				throw new UnsupportedOperationException("No listener here starts");
			};
		}

	}

}
