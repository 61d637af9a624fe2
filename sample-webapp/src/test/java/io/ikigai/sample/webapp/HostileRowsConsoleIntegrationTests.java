package io.ikigai.sample.webapp;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;

import io.ikigai.platform.testing.Waits;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rows that plain SQL may write and the platform would not, on every page.
 */
class HostileRowsConsoleIntegrationTests extends ConsoleKit {

	@Test
	void showsRowsThatNobodyExpects() throws Exception {
		UUID id = UUID.randomUUID();
		this.jdbc.sql("""
				INSERT INTO task_queue (id, queue_name, payload, headers, created_at)
				VALUES (?, 'odd', '"payload"', '[1]', 'infinity')""").param(id).update();
		this.jdbc.sql("""
				INSERT INTO task_queue (queue_name, payload, created_at, failed_at, claimed_at, scheduled_for)
				SELECT 'odd', jsonb_agg('1e131071'::jsonb), '-infinity', 'infinity', '-infinity', '-infinity'
				FROM generate_series(1, 9000)""").update();
		this.jdbc.sql("""
				INSERT INTO mailbox (mailbox_name, sender, payload, headers, created_at)
				VALUES ('odd', 'psql', '1', '{"a": null}', 'infinity')""").update();
		this.jdbc.sql("""
				INSERT INTO telemetry (agent_name, event_type, payload, created_at)
				VALUES ('odd', 'log', '{"millis": 1e131071}', 'infinity'), ('odd', 'log', '[]', '-infinity')""")
			.update();
		this.jdbc.sql("""
				INSERT INTO agent_registry (name, version, manifest, deployed_at, last_heartbeat)
				VALUES ('odd', 'x', '[null]', 'infinity', '-infinity')""").update();
		try {
			for (String path : List.of("/", "/queues", "/queue?name=odd", "/queue?name=odd&q=payload",
					"/queue?name=odd&state=FAILED", "/task?queue=odd&id=" + id, "/mailboxes", "/mailbox?name=odd",
					"/agents", "/agent?name=odd", "/telemetry", "/telemetry?metric=millis&with=avg&window=24h",
					"/telemetry?agent=odd&type=log&metric=millis&with=max", "/actuator/ikigai")) {
				// What is counted comes a moment later
				HttpResponse<String> page = Waits.until("the page " + path, () -> this.operator.get(path),
						(answer) -> !answer.body().contains("busy-mark"));
				assertThat(page.statusCode()).as(path + ": " + page.body()).isEqualTo(200);
				assertThat(page.body()).as(path).doesNotContain("does not answer", "could not be read");
			}
			for (String path : List.of("/task?queue=odd&id=" + id, "/mailbox?name=odd")) {
				Waits.untilAsserted("the reason on " + path,
						() -> assertThat(this.operator.get(path).body()).contains("Unreadable headers"));
			}
		}
		finally {
			for (String table : List.of("mailbox WHERE mailbox_name", "telemetry WHERE agent_name",
					"agent_registry WHERE name")) {
				this.jdbc.sql("DELETE FROM " + table + " = 'odd'").update();
			}
		}
	}

}
