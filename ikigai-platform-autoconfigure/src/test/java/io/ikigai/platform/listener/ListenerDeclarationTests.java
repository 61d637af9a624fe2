package io.ikigai.platform.listener;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;

import io.ikigai.platform.queue.ClaimMode;
import io.ikigai.platform.queue.IkigaiTaskListener;
import org.junit.jupiter.api.Test;

import org.springframework.core.annotation.AliasFor;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What may be declared. No listener here starts.
 */
class ListenerDeclarationTests {

	@Test
	void takesWhatIsLeftEmptyFromTheSettings() {
		ListenerContainer container = only(new Object() {
			@IkigaiTaskListener(queue = "plain", autoStartup = "false")
			void handle(String payload) {
			}
		});
		assertThat(container.id()).isEqualTo("bean0.handle:plain");
		assertThat(container.destination()).isEqualTo("plain");
		assertThat(container.concurrency()).isEqualTo(new Concurrency(0, 3));
		assertThat(((TaskListenerContainer) container).claimMode()).isEqualTo(ClaimMode.LEASE);
		assertThat(container.isRunning()).isFalse();
		assertThat(container.active()).isZero();
	}

	@Test
	void resolvesPlaceholdersAndExpressions() {
		ListenerContainer container = only(new Object() {
			@IkigaiTaskListener(value = "${queue.name}", id = "#{'a' + 'b'}", concurrency = "#{1 + 1}-${missing:16}",
					claim = ClaimMode.TRANSACTION, errorHandler = "#{@errors}", lease = "PT5M", timeout = "1500",
					delay = "2s", jitter = "0", batch = "false", autoStartup = "${off}")
			void handle(String payload) {
			}
		});
		assertThat(container).hasToString("Listener 'ab' of queue 'orders'");
		assertThat(container.concurrency()).isEqualTo(new Concurrency(2, 16));
		assertThat(((TaskListenerContainer) container).claimMode()).isEqualTo(ClaimMode.TRANSACTION);
	}

	@Test
	void isRepeatableAndAMetaAnnotation() {
		assertThat(DeclaredListeners.start(new Object() {
			@IkigaiTaskListener(queue = "one", autoStartup = "false")
			@IkigaiTaskListener(queue = "two", autoStartup = "false", concurrency = "2")
			void repeated(String payload) {
			}

			@BulkListener("three")
			void meta(List<String> payloads) {
			}
		})).extracting(ListenerContainer::id)
			.containsExactlyInAnyOrder("bean0.repeated:one", "bean0.repeated:two", "bulk-three");
	}

	@Test
	void findsTheAnnotationOfAnOverriddenMethodOnce() {
		assertThat(only(new Overriding()).destination()).isEqualTo("base");
		assertThat(only(new OverridingAnnotated()).destination()).isEqualTo("derived");
	}

	@Test
	void findsListenersBehindProxies() {
		ListenerContainer container = only(new TransactionalHandler());
		assertThat(container.destination()).isEqualTo("transactional");
	}

	private static ListenerContainer only(Object handler) {
		List<ListenerContainer> containers = DeclaredListeners.start(handler);
		assertThat(containers).hasSize(1);
		return containers.get(0);
	}

	@Target({ ElementType.METHOD, ElementType.ANNOTATION_TYPE })
	@Retention(RetentionPolicy.RUNTIME)
	@IkigaiTaskListener(batch = "true", autoStartup = "false", id = "bulk-three")
	@interface BulkListener {

		@AliasFor(annotation = IkigaiTaskListener.class, attribute = "queue")
		String value();

	}

	static class Base {

		@IkigaiTaskListener(queue = "base", autoStartup = "false")
		void handle(String payload) {
		}

	}

	static class Overriding extends Base {

		@Override
		void handle(String payload) {
		}

	}

	static class OverridingAnnotated extends Base {

		@Override
		@IkigaiTaskListener(queue = "derived", autoStartup = "false")
		void handle(String payload) {
		}

	}

	static class TransactionalHandler {

		@Transactional
		@IkigaiTaskListener(queue = "transactional", autoStartup = "false")
		public void handle(String payload) {
		}

	}

}
