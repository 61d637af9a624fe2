package io.ikigai.platform.stream;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

import io.ikigai.platform.Platform;
import io.ikigai.platform.listener.ListenerRegistry;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.testing.Waits;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.cloud.stream.binder.Binding;
import org.springframework.cloud.stream.binder.ExtendedConsumerProperties;
import org.springframework.cloud.stream.binder.ExtendedProducerProperties;
import org.springframework.integration.StaticMessageHeaderAccessor;
import org.springframework.integration.channel.DirectChannel;
import org.springframework.integration.channel.QueueChannel;
import org.springframework.integration.support.MessageBuilder;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageHandler;
import org.springframework.messaging.MessagingException;
import org.springframework.messaging.SubscribableChannel;
import org.springframework.messaging.support.ErrorMessage;

import static io.ikigai.platform.stream.BinderCasesIntegrationTests.received;
import static io.ikigai.platform.stream.BinderCasesIntegrationTests.text;
import static io.ikigai.platform.testing.Waits.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What becomes of messages whose handlers fail, last long or do not come back.
 */
class DeliveryIntegrationTests {

	private static StreamApplication application;

	private TestBinder binder;

	private final String destination = "dest." + UUID.randomUUID();

	private final String queue = this.destination + ".group";

	private final ExtendedConsumerProperties<IkigaiConsumerProperties> properties = TestBinder.consuming();

	@BeforeAll
	static void start() {
		application = StreamApplication.start(StreamApplication.NoBeans.class);
		application.bean(JdbcTemplate.class).execute("CREATE TABLE written (what TEXT)");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@BeforeEach
	void create() {
		this.binder = new TestBinder(application);
	}

	@AfterEach
	void unbind() {
		this.binder.close();
	}

	private static Platform platform() {
		return application.platform();
	}

	private Binding<MessageChannel> consume(MessageHandler handler) {
		DirectChannel input = this.binder.input(this.properties);
		input.subscribe(handler);
		return this.binder.consume(this.destination, "group", input, this.properties);
	}

	private void send(String text) {
		this.binder.produce(this.destination).send(text(text));
	}

	private TaskInfo awaitOnly(TaskState state) {
		await().until(() -> platform().queue(this.queue).list(state, 10).size() == 1);
		return platform().queue(this.queue).list(state, 10).get(0);
	}

	@Test
	void triesAgainInTheProcess() {
		BlockingQueue<Integer> attempts = new LinkedBlockingQueue<>();
		consume((message) -> {
			AtomicInteger attempt = StaticMessageHeaderAccessor.getDeliveryAttempt(message);
			attempts.add(attempt.get());
			if (attempt.get() < 3) {
				throw new IllegalStateException("not yet");
			}
		});
		send("x");
		assertThat(awaitOnly(TaskState.COMPLETED).attempt()).isEqualTo(1);
		assertThat(attempts).containsExactly(1, 2, 3);
	}

	@Test
	void failsForGoodAndMayBeRedriven() {
		AtomicInteger calls = new AtomicInteger();
		this.properties.setMaxAttempts(2);
		consume((message) -> {
			if (calls.incrementAndGet() <= 2) {
				throw new IllegalStateException("no " + new String((byte[]) message.getPayload(), UTF_8));
			}
		});
		send("good");
		TaskInfo failed = awaitOnly(TaskState.FAILED);
		assertThat(failed.error()).contains("no good").contains("IllegalStateException");
		assertThat(calls).hasValue(2);
		assertThat(platform().queue(this.queue).redrive(failed.id())).isTrue();
		awaitOnly(TaskState.COMPLETED);
	}

	@Test
	void triesOnceWhatIsNotRetryable() {
		AtomicInteger calls = new AtomicInteger();
		this.properties.getRetryableExceptions().put(IllegalArgumentException.class, false);
		consume((message) -> {
			calls.incrementAndGet();
			throw new IllegalArgumentException("never");
		});
		send("x");
		assertThat(awaitOnly(TaskState.FAILED).error()).contains("never");
		assertThat(calls).hasValue(1);
	}

	@Test
	void tellsTheErrorChannel() throws Exception {
		this.properties.setMaxAttempts(1);
		consume((message) -> {
			throw new IllegalStateException("broken");
		});
		BlockingQueue<Message<?>> errors = new LinkedBlockingQueue<>();
		this.binder.context()
			.getBean("%s.%s.errors".formatted(this.binder.binder().getBinderIdentity(), this.queue),
					SubscribableChannel.class)
			.subscribe(errors::add);
		send("x");
		ErrorMessage error = (ErrorMessage) Waits.next("the error", errors);
		assertThat(error.getPayload()).hasRootCauseMessage("broken");
		assertThat(error.getOriginalMessage()).isNotNull();
		assertThat(error.getOriginalMessage().getPayload()).isEqualTo("x".getBytes(UTF_8));
		awaitOnly(TaskState.FAILED);
	}

	@Test
	void sendsDeadLettersWithTheReason() {
		this.properties.setMaxAttempts(1);
		this.properties.getExtension().setEnableDlq(true);
		consume((message) -> {
			throw new IllegalStateException("broken \0 " + "long ".repeat(2000));
		});
		this.binder.produce(this.destination).send(MessageBuilder.fromMessage(text("x")).setHeader("n", 1).build());
		Task letter = platform().queue(this.queue + ".dlq").claim(Waits.LIMIT).orElseThrow();
		assertThat(letter.json()).isEqualTo("\"x\"");
		assertThat(letter.headers()).containsEntry("n", "1")
			.containsEntry(DeadLetterQueue.ORIGINAL, this.queue)
			.containsEntry(DeadLetterQueue.EXCEPTION_CLASS, "java.lang.IllegalStateException")
			.hasEntrySatisfying(DeadLetterQueue.EXCEPTION_MESSAGE,
					(text) -> assertThat(text).startsWith("broken ").hasSize(4096))
			.hasEntrySatisfying(DeadLetterQueue.EXCEPTION_STACKTRACE,
					(text) -> assertThat(text).startsWith("java.lang.IllegalStateException: broken"));
		letter.complete();
		awaitOnly(TaskState.FAILED);
	}

	@Test
	void bindsDeadLettersLikeAnyOtherQueue() {
		this.properties.setMaxAttempts(1);
		this.properties.getExtension().setEnableDlq(true);
		this.properties.getExtension().setDlqName(this.destination + "-letters");
		consume((message) -> {
			throw new IllegalStateException("broken");
		});
		QueueChannel letters = new QueueChannel();
		this.binder.consume(this.destination + "-letters", null, letters, TestBinder.consuming(DestinationType.QUEUE));
		send("x");
		assertThat(received(letters)).isEqualTo("x");
	}

	@Test
	void givesUpInAMailboxWhatFails() {
		ExtendedConsumerProperties<IkigaiConsumerProperties> mail = TestBinder.consuming(DestinationType.MAILBOX);
		mail.setMaxAttempts(2);
		mail.getExtension().setEnableDlq(true);
		DirectChannel input = this.binder.input(mail);
		BlockingQueue<String> handled = new LinkedBlockingQueue<>();
		input.subscribe((message) -> {
			String text = new String((byte[]) message.getPayload(), UTF_8);
			handled.add(text);
			if (text.equals("bad")) {
				throw new IllegalStateException("broken");
			}
		});
		this.binder.consume(this.destination, null, input, mail);
		DirectChannel output = this.binder.produce(this.destination, TestBinder.producing(DestinationType.MAILBOX));
		output.send(text("bad"));
		output.send(text("good"));
		await().until(() -> platform().mailbox(this.destination).unread() == 0);
		assertThat(handled).containsExactly("bad", "bad", "good");
		assertThat(platform().queue(this.destination + ".dlq").claim(Waits.LIMIT).orElseThrow().headers())
			.containsEntry(DeadLetterQueue.EXCEPTION_MESSAGE, "broken");
	}

	@Test
	void handlesInOneTransaction() {
		JdbcTemplate jdbc = application.bean(JdbcTemplate.class);
		this.properties.getExtension().setTransactional(true);
		this.properties.getExtension().setEnableDlq(true);
		BlockingQueue<Integer> attempts = new LinkedBlockingQueue<>();
		consume((message) -> {
			String text = new String((byte[]) message.getPayload(), UTF_8);
			jdbc.update("INSERT INTO written VALUES (?)", this.destination + text);
			platform().queue(this.destination + "-out").enqueue(text);
			int attempt = (Integer) message.getHeaders().get(Inbound.ATTEMPT);
			attempts.add(attempt);
			if (text.equals("bad") || attempt < 3) {
				jdbc.execute("this is no SQL");
			}
		});
		send("good");
		assertThat(awaitOnly(TaskState.COMPLETED).attempt()).isEqualTo(3);
		assertThat(attempts).containsExactly(1, 2, 3);
		send("bad");
		awaitOnly(TaskState.FAILED);
		assertThat(
				jdbc.queryForList("SELECT what FROM written WHERE what LIKE ?", String.class, this.destination + "%"))
			.containsExactly(this.destination + "good");
		assertThat(platform().queue(this.destination + "-out").stats().ready()).isEqualTo(1);
		assertThat(platform().queue(this.queue + ".dlq").list(TaskState.READY, 10)).singleElement()
			.satisfies((letter) -> assertThat(letter.headers().get(DeadLetterQueue.EXCEPTION_MESSAGE))
				.contains("this is no SQL"));
	}

	@Test
	void tellsTheErrorChannelWhenATransactionIsGivenUp() throws Exception {
		this.properties.getExtension().setTransactional(true);
		this.properties.setMaxAttempts(2);
		consume((message) -> {
			throw new IllegalStateException("broken");
		});
		BlockingQueue<Message<?>> errors = new LinkedBlockingQueue<>();
		this.binder.context()
			.getBean("%s.%s.errors".formatted(this.binder.binder().getBinderIdentity(), this.queue),
					SubscribableChannel.class)
			.subscribe(errors::add);
		send("x");
		awaitOnly(TaskState.FAILED);
		Waits.next("the error", errors);
		assertThat(errors).isEmpty();
	}

	@Test
	void tellsAProducersErrorChannelAndItsCaller() {
		ExtendedProducerProperties<IkigaiProducerProperties> producing = TestBinder.producing();
		producing.setErrorChannelEnabled(true);
		producing.populateBindingName("failing");
		BlockingQueue<Message<?>> errors = new LinkedBlockingQueue<>();
		DirectChannel output = this.binder.produce(this.destination, producing);
		this.binder.context()
			.getBean(this.binder.binder().getBinderIdentity() + ".failing.errors", SubscribableChannel.class)
			.subscribe(errors::add);
		Message<?> tooLarge = text("x".repeat(2 << 20));
		assertThatExceptionOfType(MessagingException.class).isThrownBy(() -> output.send(tooLarge))
			.withStackTraceContaining("ikigai.payload.max-size");
		assertThat(errors).singleElement()
			.satisfies((error) -> assertThat((Throwable) error.getPayload()).hasStackTraceContaining("max-size"));
	}

	@Test
	void givesBackWhatOutlastsTheStop() throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		AtomicInteger calls = new AtomicInteger();
		Binding<MessageChannel> binding = consume((message) -> {
			calls.incrementAndGet();
			begun.countDown();
			await().until(() -> false);
		});
		send("x");
		Waits.open("the consumer has begun", begun);
		binding.unbind();
		Task task = platform().queue(this.queue).claim(Waits.LIMIT).orElseThrow();
		assertThat(task.attempt()).isEqualTo(1);
		task.complete();
		assertThat(calls).hasValue(1);
	}

	@Test
	void waitsForWhatEndsInTime() throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch stopping = new CountDownLatch(1);
		Binding<MessageChannel> binding = consume((message) -> {
			begun.countDown();
			await().until(() -> stopping.getCount() == 0);
		});
		send("x");
		Waits.open("the consumer has begun", begun);
		Thread unbinding = new Thread(binding::unbind);
		unbinding.start();
		await().until(() -> application.bean(ListenerRegistry.class)
			.containers()
			.stream()
			.noneMatch((listener) -> listener.destination().equals(this.queue) && listener.isRunning()));
		assertThat(unbinding.isAlive()).isTrue();
		stopping.countDown();
		Waits.end(unbinding);
		assertThat(platform().queue(this.queue).list(TaskState.COMPLETED, 10)).hasSize(1);
	}

	@Test
	void keepsMessagesWhileNobodyConsumes() {
		DirectChannel output = this.binder.produce(this.destination);
		this.binder.consume(this.destination, "group", new QueueChannel()).unbind();
		List.of("a", "b", "c").forEach((text) -> output.send(text(text)));
		QueueChannel input = new QueueChannel();
		// Another process: another binder on the same database
		try (TestBinder other = new TestBinder(application)) {
			other.consume(this.destination, "group", input);
			assertThat(List.of(received(input), received(input), received(input))).containsExactly("a", "b", "c");
			output.send(text("d"));
			assertThat(received(input)).isEqualTo("d");
		}
	}

	@Test
	void takesNothingWhilePaused() {
		QueueChannel input = new QueueChannel();
		Binding<MessageChannel> binding = this.binder.consume(this.destination, "group", input);
		assertThat(application.bean(ListenerRegistry.class).find("binding:" + this.queue)).isPresent();
		binding.pause();
		send("x");
		QueueChannel other = new QueueChannel();
		this.binder.consume(this.destination, "other", other);
		send("y");
		assertThat(received(other)).isEqualTo("y");
		assertThat(input.receive(0)).isNull();
		binding.resume();
		assertThat(List.of(received(input), received(input))).containsExactlyInAnyOrder("x", "y");
		binding.stop();
		assertThat(application.bean(ListenerRegistry.class).find("binding:" + this.queue)).isEmpty();
		send("z");
		binding.start();
		assertThat(received(input)).isEqualTo("z");
	}

}
