package io.ikigai.platform.nats;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;

import io.ikigai.platform.PayloadException;
import io.ikigai.platform.StoredHeaders;
import io.ikigai.platform.mailbox.MessageReceipt;
import io.ikigai.platform.mailbox.NewMessage;
import io.nats.client.Message;
import io.nats.client.api.MessageInfo;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import io.nats.client.support.NatsJetStreamConstants;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * A message of a mailbox as NATS carries it: its payload, and what travels with it as
 * JSON in a header, in ASCII. A message without that header comes from another program.
 */
final class MailboxEnvelope {

	private static final String HEADER = "Ikigai-Message";

	private static final int MOST = 8 * 1024;

	private static final JsonMapper json = JsonMapper.builder().build();

	private static final ObjectWriter ascii = json.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII);

	private MailboxEnvelope() {
	}

	static Message message(String subject, NewMessage message) {
		Travelling travelling = new Travelling(message.id(), message.sender(), message.options().headers(),
				message.options().replyTo(), message.options().correlationId());
		String text = ascii.writeValueAsString(travelling);
		if (text.length() > MOST) {
			throw new PayloadException("The headers of a message, with its sender, reply-to and correlation id, take "
					+ text.length() + " bytes; NATS is given at most " + MOST + ". Put what is long into the payload.",
					null);
		}
		return NatsMessage.builder()
			.subject(subject)
			.headers(new Headers().add(HEADER, text).add(NatsJetStreamConstants.MSG_ID_HDR, message.id().toString()))
			.data(message.json().getBytes(StandardCharsets.UTF_8))
			.build();
	}

	static MessageReceipt receipt(String mailbox, MessageInfo stored, MailboxState.Item item) {
		Received received = received(stored);
		Travelling travelling = received.travelling;
		return new MessageReceipt(travelling.id, new UUID(item.handOut(), item.seq()), mailbox, travelling.sender,
				new String(bytes(stored), StandardCharsets.UTF_8), item.attempt(), item.failures(), travelling.headers,
				travelling.replyTo, travelling.correlationId, stored.getTime().toInstant(), received.flaw);
	}

	static UUID id(MessageInfo stored) {
		return received(stored).travelling.id;
	}

	static byte[] bytes(MessageInfo stored) {
		byte[] data = stored.getData();
		return (data != null) ? data : new byte[0];
	}

	private static Received received(MessageInfo stored) {
		String text = (stored.getHeaders() != null) ? stored.getHeaders().getFirst(HEADER) : null;
		UUID fallback = UUID.nameUUIDFromBytes((stored.getStream() + stored.getSeq()).getBytes(StandardCharsets.UTF_8));
		Travelling unknown = new Travelling(fallback, "nats", Map.of(), null, null);
		if (text == null) {
			return new Received(unknown, null);
		}
		try {
			return received(json.readTree(text));
		}
		catch (JacksonException | IllegalArgumentException ex) {
			return new Received(unknown, "Unreadable header " + HEADER + ": " + ex.getMessage());
		}
	}

	private static Received received(JsonNode node) {
		String id = text(node, "id");
		String sender = text(node, "sender");
		if (id == null || sender == null) {
			throw new IllegalArgumentException("it names no id or no sender");
		}
		JsonNode own = node.get("headers");
		StoredHeaders headers = StoredHeaders.read((own != null) ? own.toString() : null,
				(text) -> json.readValue(text, Object.class));
		return new Received(new Travelling(UUID.fromString(id), sender, headers.headers(), text(node, "replyTo"),
				text(node, "correlationId")), headers.flaw());
	}

	private static @Nullable String text(JsonNode node, String name) {
		JsonNode value = node.get(name);
		return (value != null && value.isString()) ? value.stringValue() : null;
	}

	/**
	 * What travels with a message.
	 *
	 * @param id its id
	 * @param sender who sent it
	 * @param headers the headers
	 * @param replyTo the mailbox that a reply goes to
	 * @param correlationId what it belongs to
	 */
	record Travelling(UUID id, String sender, Map<String, String> headers, @Nullable String replyTo,
			@Nullable String correlationId) {
	}

	/**
	 * What a message says of itself.
	 *
	 * @param travelling what travels with it
	 * @param flaw why that cannot be read, if it cannot
	 */
	private record Received(Travelling travelling, @Nullable String flaw) {
	}

}
