package io.ikigai.platform.listener;

import java.util.Map;
import java.util.UUID;

import io.ikigai.platform.IkigaiHandler;
import io.ikigai.platform.Platform;
import io.ikigai.platform.mailbox.MailboxListener;
import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskOptions;
import io.ikigai.platform.testing.Waits;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.SendTo;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Classes that listen: the header {@code type} chooses the method.
 */
class ClassListenerIntegrationTests {

	private static ListenerApplication application;

	private static Platform platform;

	@BeforeAll
	static void start() {
		application = ListenerApplication.start(Listening.class);
		application.jdbc().execute("CREATE TABLE booked (what text)");
		platform = application.platform();
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	private static UUID enqueue(String queue, String type, Object payload) {
		return platform.queue(queue).enqueue(payload, TaskOptions.of().withHeader("type", type));
	}

	private static String result(String queue, UUID id) {
		return application.awaitCompleted(queue, id).result();
	}

	@Test
	void callsTheMethodOfTheType() {
		assertThat(result("orders", enqueue("orders", "created", Map.of("name", "a")))).isEqualTo("\"created a\"");
		assertThat(result("orders", enqueue("orders", "cancelled", 7))).isEqualTo("\"ended 7\"");
		assertThat(result("orders", enqueue("orders", "expired", 8))).isEqualTo("\"ended 8\"");
	}

	@Test
	void callsTheMethodForAllOthers() {
		assertThat(result("orders", enqueue("orders", "paid", 9))).isEqualTo("\"paid: 9\"");
		assertThat(result("orders", application.enqueue("orders", 9))).isEqualTo("\"none: 9\"");
	}

	@Test
	void failsForGoodWhatNoMethodIsFor() {
		UUID id = enqueue("bookings", "java.lang.Runtime", "x");
		assertThat(application.awaitFailed("bookings", id).error()).contains("\"java.lang.Runtime\"", "Bookings",
				"@IkigaiHandler");
		assertThat(application.awaitFailed("bookings", application.enqueue("bookings", "x")).error())
			.contains("type is missing");
	}

	@Test
	void completesInTheTransactionOfTheClassAndSendsOn() {
		UUID id = enqueue("bookings", "book", "room");
		assertThat(result("bookings", id)).isEqualTo("\"room booked\"");
		assertThat(application.jdbc().queryForList("SELECT what FROM booked", String.class)).containsExactly("room");
		Task sent = platform.queue("booked").claim(Waits.LIMIT).orElseThrow();
		assertThat(sent.payload(String.class)).isEqualTo("room booked");
		sent.complete();
	}

	@Test
	void answersMessages() throws Exception {
		assertThat(platform.mailbox("desk").ask("Ann", String.class, Waits.LIMIT).get())
			.isEqualTo("Hello Ann from desk");
	}

	@Configuration(proxyBeanMethods = false)
	static class Listening {

		@Bean
		Orders orders() {
			return new Orders();
		}

		@Bean
		Bookings bookings(JdbcTemplate jdbc) {
			return new Bookings(jdbc);
		}

		@Bean
		Desk desk() {
			return new Desk();
		}

	}

	record Order(String name) {
	}

	@IkigaiTaskListener(queue = "orders", concurrency = "2")
	static class Orders {

		@IkigaiHandler("created")
		String created(Order order) {
			return "created " + order.name();
		}

		@IkigaiHandler({ "cancelled", "expired" })
		String ended(int number, Task task) {
			return "ended " + number;
		}

		@IkigaiHandler
		String other(String json, @Header(name = "type", defaultValue = "none") String type) {
			return type + ": " + json;
		}

	}

	@IkigaiTaskListener("bookings")
	@SendTo("booked")
	@Transactional
	static class Bookings {

		private final JdbcTemplate jdbc;

		Bookings(JdbcTemplate jdbc) {
			this.jdbc = jdbc;
		}

		@IkigaiHandler("book")
		public String book(String what) {
			this.jdbc.update("INSERT INTO booked VALUES (?)", what);
			return what + " booked";
		}

	}

	@MailboxListener("desk")
	static class Desk {

		@IkigaiHandler
		String greet(String name, MailboxMessage message) {
			return "Hello " + name + " from " + message.mailbox();
		}

	}

}
