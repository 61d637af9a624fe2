package io.ikigai.platform.stream;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.pubsub.PublishedMessage;
import io.ikigai.platform.queue.Task;

import org.springframework.cloud.stream.binder.BinderHeaders;
import org.springframework.integration.IntegrationMessageHeaderAccessor;
import org.springframework.integration.support.MessageBuilder;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;

/**
 * Makes messages of what is received. The header {@code sourceData} is the task, the
 * message of a mailbox or the published one itself.
 */
final class Inbound {

	/** The header with the id of a task or of a mailbox's message. */
	static final String ID = HeaderFormat.OWN + "id";

	/** The header with the number of this attempt. */
	static final String ATTEMPT = HeaderFormat.OWN + "attempt";

	/** The header with the name of the queue, the mailbox or the topic. */
	static final String SOURCE = HeaderFormat.OWN + "source";

	private final MessageFormat format;

	Inbound(MessageFormat format) {
		this.format = format;
	}

	Message<byte[]> message(Task task) {
		return MessageBuilder.withPayload(this.format.readPayload(task.json(), task.headers()))
			.copyHeaders(headers(task))
			.setHeader(IntegrationMessageHeaderAccessor.SOURCE_DATA, task)
			.build();
	}

	private Map<String, Object> headers(Task task) {
		Map<String, Object> headers = this.format.readHeaders(task.headers());
		headers.put(ID, task.id().toString());
		headers.put(ATTEMPT, task.attempt());
		headers.put(SOURCE, task.queue());
		return headers;
	}

	Message<byte[]> message(MailboxMessage mail) {
		Map<String, Object> headers = this.format.readHeaders(mail.headers());
		headers.put(ID, mail.id().toString());
		headers.put(ATTEMPT, mail.attempt());
		headers.put(SOURCE, mail.mailbox());
		return MessageBuilder.withPayload(this.format.readPayload(mail.json(), mail.headers()))
			.copyHeaders(headers)
			.setHeader(IntegrationMessageHeaderAccessor.SOURCE_DATA, mail)
			.build();
	}

	Message<byte[]> message(PublishedMessage published) {
		MessageFormat.Published opened = this.format.open(published.json());
		return MessageBuilder.withPayload(this.format.readPayload(opened.json(), opened.headers()))
			.copyHeaders(this.format.readHeaders(opened.headers()))
			.setHeader(SOURCE, published.topic())
			.setHeader(IntegrationMessageHeaderAccessor.SOURCE_DATA, published)
			.build();
	}

	/**
	 * Makes one message of several tasks: its payload is the list of theirs, and one
	 * header the list of their headers.
	 * @param tasks the tasks
	 * @return the message
	 */
	Message<List<byte[]>> batch(List<Task> tasks) {
		List<byte[]> payloads = new ArrayList<>(tasks.size());
		List<Map<String, Object>> headers = new ArrayList<>(tasks.size());
		for (Task task : tasks) {
			payloads.add(this.format.readPayload(task.json(), task.headers()));
			headers.add(headers(task));
		}
		Map<String, Object> common = new LinkedHashMap<>();
		common.put(BinderHeaders.BATCH_HEADERS, headers);
		common.put(MessageHeaders.CONTENT_TYPE, headers.get(0).get(MessageHeaders.CONTENT_TYPE));
		common.put(SOURCE, tasks.get(0).queue());
		return MessageBuilder.withPayload(payloads)
			.copyHeaders(common)
			.setHeader(IntegrationMessageHeaderAccessor.SOURCE_DATA, tasks)
			.build();
	}

}
