package io.ikigai.platform.listener;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.ikigai.platform.IkigaiHandler;
import io.ikigai.platform.mailbox.MailboxListener;
import io.ikigai.platform.queue.ClaimMode;
import io.ikigai.platform.queue.IkigaiTaskListener;
import org.junit.jupiter.api.Test;

import org.springframework.messaging.handler.annotation.SendTo;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What a class that listens may not declare.
 */
class ClassListenerRefusalTests {

	@Test
	void refusesAClassWithoutAMethod() {
		refuses(new WithoutMethod(), "@MailboxListener", "WithoutMethod (bean 'bean0')",
				"needs methods with @IkigaiHandler");
	}

	@Test
	void refusesTwoMethodsForTheSame() {
		refuses(new SameType(), "is for the type \"a\"");
		refuses(new TwoDefaults(), "for all other types");
	}

	@Test
	void refusesBatchesAndWhatDoesNotGoTogether() {
		refuses(new Batched(), "batches");
		refuses(new SendingMethod(), "stands on the class");
		refuses(new PartlyTransactional(), "another transaction than", "put @Transactional on the class");
		refuses(new LaterInTransaction(), "later", "claim = TRANSACTION");
	}

	@Test
	void namesTheClassWhereAnAttributeIsWrong() {
		refuses(new WrongAttribute(), "@IkigaiTaskListener on " + WrongAttribute.class.getName() + " (bean 'bean0')",
				"concurrency = \"many\"");
	}

	@Test
	void namesTheListenerAfterTheBean() {
		assertThat(DeclaredListeners.start(new Named())).singleElement()
			.satisfies((container) -> assertThat(container.id()).isEqualTo("bean0:q"));
	}

	private static void refuses(Object handler, String... words) {
		assertThatExceptionOfType(InvalidListenerException.class).isThrownBy(() -> DeclaredListeners.start(handler))
			.satisfies((ex) -> assertThat(ex).hasMessageContainingAll(words));
	}

	@MailboxListener("m")
	static class WithoutMethod {

		void handle(String payload) {
		}

	}

	@IkigaiTaskListener("q")
	static class SameType {

		@IkigaiHandler("a")
		void one(String payload) {
		}

		@IkigaiHandler({ "b", "a" })
		void two(String payload) {
		}

	}

	@IkigaiTaskListener("q")
	static class TwoDefaults {

		@IkigaiHandler
		void one(String payload) {
		}

		@IkigaiHandler
		void two(String payload) {
		}

	}

	@IkigaiTaskListener(queue = "q", batch = "10")
	static class Batched {

		@IkigaiHandler
		void one(List<String> payloads) {
		}

	}

	@IkigaiTaskListener("q")
	static class SendingMethod {

		@IkigaiHandler
		@SendTo("other")
		String one(String payload) {
			return payload;
		}

	}

	@IkigaiTaskListener("q")
	static class PartlyTransactional {

		@IkigaiHandler
		@Transactional
		public void one(String payload) {
		}

		@IkigaiHandler("a")
		public void two(String payload) {
		}

	}

	@IkigaiTaskListener(queue = "q", claim = ClaimMode.TRANSACTION)
	static class LaterInTransaction {

		@IkigaiHandler
		void one(String payload) {
		}

		@IkigaiHandler("later")
		CompletableFuture<String> two(String payload) {
			return CompletableFuture.completedFuture(payload);
		}

	}

	@IkigaiTaskListener(queue = "q", concurrency = "many")
	static class WrongAttribute {

		@IkigaiHandler
		void one(String payload) {
		}

	}

	@IkigaiTaskListener(queue = "q", autoStartup = "false")
	static class Named {

		@IkigaiHandler
		void one(String payload) {
		}

	}

}
