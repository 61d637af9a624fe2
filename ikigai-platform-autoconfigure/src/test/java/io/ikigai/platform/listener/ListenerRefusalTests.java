package io.ikigai.platform.listener;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.ikigai.platform.DeadLetterHandler;
import io.ikigai.platform.mailbox.MailboxErrorHandler;
import io.ikigai.platform.mailbox.MailboxListener;
import io.ikigai.platform.queue.ClaimMode;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskErrorHandler;
import jakarta.validation.Valid;
import org.junit.jupiter.api.Test;

import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.Payload;
import org.springframework.messaging.handler.annotation.SendTo;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What may not be declared, and with which words it is refused.
 */
class ListenerRefusalTests {

	@Test
	void refusesAListenerWithoutOrWithTwoQueues() {
		refuses(new Object() {
			@IkigaiTaskListener
			void handle(String payload) {
			}
		}, "handle (bean 'bean0')", "queue = \"\"", "the name of the queue");
		refuses(new Object() {
			@IkigaiTaskListener(value = "a", queue = "b")
			void handle(String payload) {
			}
		}, "queue = \"b\"", "\"a\"");
	}

	@Test
	void refusesValuesThatAreNotAllowed() {
		refuses(new Object() {
			@IkigaiTaskListener(queue = "q", concurrency = "${queue.name}")
			void handle(String payload) {
			}
		}, "concurrency = \"orders\" (from \"${queue.name}\")", Concurrency.ALLOWED);
		refuses(new Object() {
			@IkigaiTaskListener(queue = "q", concurrency = "1001")
			void handle(String payload) {
			}
		}, "concurrency = \"1001\"");
		refuses(new Object() {
			@IkigaiTaskListener(queue = "q", lease = "0")
			void handle(String payload) {
			}
		}, "lease = \"0\"", "PT1S");
		refuses(new Object() {
			@IkigaiTaskListener(queue = "q", timeout = "soon")
			void handle(String payload) {
			}
		}, "timeout = \"soon\"", "such as 30s");
		refuses(new Object() {
			@IkigaiTaskListener(queue = "q", maxAttempts = "0")
			void handle(String payload) {
			}
		}, "maxAttempts = \"0\"", "at least 1");
		refuses(new Object() {
			@IkigaiTaskListener(queue = "q", multiplier = "0.5")
			void handle(String payload) {
			}
		}, "multiplier = \"0.5\"");
		refuses(new Object() {
			@IkigaiTaskListener(queue = "q", batch = "1001")
			void handle(List<String> payload) {
			}
		}, "batch = \"1001\"", "from 1 to 1000");
		refuses(new Object() {
			@IkigaiTaskListener(queue = "q", autoStartup = "perhaps")
			void handle(String payload) {
			}
		}, "autoStartup = \"perhaps\"", "true or false");
		refuses(new Object() {
			@IkigaiTaskListener(queue = "${no.such.key}")
			void handle(String payload) {
			}
		}, "queue = \"${no.such.key}\" cannot be resolved");
	}

	@Test
	void refusesBeansThatAreNotThere() {
		refuses(new Object() {
			@IkigaiTaskListener(queue = "q", errorHandler = "nobody")
			void handle(String payload) {
			}
		}, "errorHandler = \"nobody\"", TaskErrorHandler.class.getName());
		refuses(new Object() {
			@IkigaiTaskListener(queue = "q", containerFactory = "errors")
			void handle(String payload) {
			}
		}, "containerFactory = \"errors\"", TaskListenerContainerFactory.class.getName());
	}

	@Test
	void refusesASecondListenerWithTheSameId() {
		refuses(new Object() {
			@IkigaiTaskListener(queue = "one", id = "same")
			@IkigaiTaskListener(queue = "two", id = "same")
			void handle(String payload) {
			}
		}, "'same'", "Give each an id of its own");
	}

	@Test
	void refusesMethodsThatMakeNoSense() {
		refuses(new Object() {
			@IkigaiTaskListener(queue = "q")
			void handle(String one, Integer two) {
			}
		}, "several parameters for the payload", "java.lang.Integer");
		refuses(new Object() {
			@IkigaiTaskListener(queue = "q")
			void handle(@Payload @Valid List<String> payload, @Header String id) {
			}
		}, "spring-boot-starter-validation");
		refuses(new Object() {
			@IkigaiTaskListener(queue = "q", claim = ClaimMode.TRANSACTION)
			CompletableFuture<String> handle(String payload) {
				return CompletableFuture.completedFuture(payload);
			}
		}, "CompletableFuture", "claim = TRANSACTION");
		refuses(new Object() {
			@IkigaiTaskListener(queue = "q")
			@SendTo("results")
			void handle(String payload) {
			}
		}, "@SendTo", "results", "a result to send");
		refuses(new TwoDeadLetterHandlers(), "several methods with @DeadLetterHandler", "one", "two");
		refuses(new Object() {
			@IkigaiTaskListener(queue = "q")
			void handle(String payload) {
			}

			@DeadLetterHandler
			void letter(IllegalStateException error) {
			}
		}, "IllegalStateException", "Throwable");
		refuses(new Object() {
			@IkigaiTaskListener(queue = "q", batch = "true")
			void handle(String payload) {
			}
		}, "lists of payloads", "java.lang.String");
		refuses(new Object() {
			@IkigaiTaskListener(queue = "q", batch = "true")
			int handle(List<String> payload) {
				return 1;
			}
		}, "must return void");
	}

	@Test
	void refusesTransactionsThatTheContainerCannotOpen() {
		refuses(new RequiresNew(), "propagation REQUIRED");
		refuses(new ReadOnly(), "read-only");
		refuses(new Later(), "CompletableFuture", "@Transactional");
		refuses(new OtherManager(), "transaction manager of the platform");
	}

	@Test
	void refusesListenersOfMailboxesThatMakeNoSense() {
		refuses(new Object() {
			@MailboxListener
			void handle(String payload) {
			}
		}, "@MailboxListener", "mailbox = \"\"", "the name of the mailbox");
		refuses(new Object() {
			@MailboxListener(value = "m", maxAttempts = "none")
			void handle(String payload) {
			}
		}, "maxAttempts = \"none\"", "at least 1");
		refuses(new Object() {
			@MailboxListener("ikigai-reply-x")
			void handle(String payload) {
			}
		}, "mailbox = \"ikigai-reply-x\"", "kept for replies");
		refuses(new Object() {
			@MailboxListener(value = "m", id = "one")
			@MailboxListener(value = "m", id = "two")
			void handle(String payload) {
			}
		}, "mailbox 'm'", "'one'", "would not keep its order");
		refuses(new Object() {
			@MailboxListener(value = "m", errorHandler = "errors")
			void handle(String payload) {
			}
		}, "errorHandler = \"errors\"", MailboxErrorHandler.class.getName());
		refuses(new Object() {
			@MailboxListener("m")
			void handle(Task task) {
			}
		}, "parameter 1", "MailboxMessage");
	}

	private static void refuses(Object handler, String... words) {
		assertThatExceptionOfType(InvalidListenerException.class).isThrownBy(() -> DeclaredListeners.start(handler))
			.satisfies((ex) -> assertThat(ex).hasMessageContainingAll(words));
	}

	static class RequiresNew {

		@Transactional(propagation = Propagation.REQUIRES_NEW)
		@IkigaiTaskListener(queue = "q")
		public void handle(String payload) {
		}

	}

	@Transactional(readOnly = true)
	static class ReadOnly {

		@IkigaiTaskListener(queue = "q")
		public void handle(String payload) {
		}

	}

	static class OtherManager {

		@Transactional("otherTransactionManager")
		@IkigaiTaskListener(queue = "q")
		public void handle(String payload) {
		}

	}

	static class TwoDeadLetterHandlers {

		@IkigaiTaskListener(queue = "q")
		void handle(String payload) {
		}

		@DeadLetterHandler
		void one() {
		}

		@DeadLetterHandler
		void two() {
		}

	}

	static class Later {

		@IkigaiTaskListener(queue = "q")
		@Transactional
		public CompletableFuture<String> handle(String payload) {
			return CompletableFuture.completedFuture(payload);
		}

	}

}
