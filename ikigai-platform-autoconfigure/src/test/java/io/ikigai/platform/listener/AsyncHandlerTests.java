package io.ikigai.platform.listener;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.concurrent.CompletableFuture;

import io.ikigai.platform.DeadLetterHandler;
import io.ikigai.platform.IkigaiHandler;
import io.ikigai.platform.mailbox.MailboxListener;
import io.ikigai.platform.queue.IkigaiTaskListener;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Handlers that another thread runs must return something to wait for.
 */
class AsyncHandlerTests {

	@Test
	void refusesAsynchronousHandlersThatReturnNothing() {
		refusesAsync(AsyncMethod.class, "AsyncMethod.handle", "is @Async and returns void", "CompletableFuture");
		refusesAsync(AsyncClass.class, "AsyncClass.handle", "is @Async and returns String");
		refusesAsync(MetaAsync.class, "MetaAsync.handle", "is @Async and returns void");
		refusesAsync(AsyncContract.class, "AsyncContract.handle", "is @Async and returns void");
		refusesAsync(OwnAsync.class, "OwnAsync.handle", "is @Async and returns void");
		refusesAsync(AsyncMail.class, "AsyncMail.handle", "is @Async and returns void");
		refusesAsync(AsyncListeningClass.class, "AsyncListeningClass.created", "is @Async and returns void");
		refusesAsync(AsyncDeadLetter.class, "AsyncDeadLetter.letter", "is @Async and returns void");
	}

	@Test
	void takesAsynchronousHandlersThatReturnAFuture() {
		assertThat(DeclaredListeners.start((context) -> context.register(Asynchronous.class, AsyncFuture.class)))
			.hasSize(1);
	}

	private static void refusesAsync(Class<?> bean, String... words) {
		assertThatExceptionOfType(InvalidListenerException.class)
			.isThrownBy(() -> DeclaredListeners.start((context) -> context.register(Asynchronous.class, bean)))
			.satisfies((ex) -> assertThat(ex).hasMessageContainingAll(words));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync(proxyTargetClass = true)
	static class Asynchronous {

	}

	static class AsyncMethod {

		@Async
		@IkigaiTaskListener("q")
		public void handle(String payload) {
		}

	}

	@Async
	static class AsyncClass {

		@IkigaiTaskListener("q")
		public String handle(String payload) {
			return payload;
		}

	}

	@Async
	@Retention(RetentionPolicy.RUNTIME)
	@interface InBackground {

	}

	static class MetaAsync {

		@InBackground
		@IkigaiTaskListener("q")
		public void handle(String payload) {
		}

	}

	interface Asynchronously {

		@Async
		void handle(String payload);

	}

	static class AsyncContract implements Asynchronously {

		@Override
		@IkigaiTaskListener("q")
		public void handle(String payload) {
		}

	}

	@Retention(RetentionPolicy.RUNTIME)
	@interface Later {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync(annotation = Later.class, proxyTargetClass = true)
	static class OwnAsync {

		@Later
		@IkigaiTaskListener("q")
		public void handle(String payload) {
		}

	}

	static class AsyncMail {

		@Async
		@MailboxListener("m")
		public void handle(String payload) {
		}

	}

	@Async
	@IkigaiTaskListener("q")
	static class AsyncListeningClass {

		@IkigaiHandler
		public void created(String payload) {
		}

	}

	static class AsyncDeadLetter {

		@IkigaiTaskListener("q")
		public void handle(String payload) {
		}

		@Async
		@DeadLetterHandler
		public void letter(String payload) {
		}

	}

	static class AsyncFuture {

		@Async
		@IkigaiTaskListener("future")
		public CompletableFuture<String> future(String payload) {
			return CompletableFuture.completedFuture(payload);
		}

	}

}
