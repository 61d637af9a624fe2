package io.ikigai.platform.ai;

import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.AbstractMessage;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.MessageType;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.content.Media;
import org.springframework.ai.content.MediaContent;

import org.springframework.util.MimeType;

/**
 * A message of a chat as it is stored.
 *
 * @param type its type
 * @param text its text
 * @param metadata what else is known of it
 * @param media what it shows
 * @param toolCalls the tools that the model asks for
 * @param toolResponses what tools answered
 */
record StoredMessage(MessageType type, @Nullable String text, @Nullable Map<String, Object> metadata,
		@Nullable List<StoredMedia> media, @Nullable List<AssistantMessage.ToolCall> toolCalls,
		@Nullable List<ToolResponseMessage.ToolResponse> toolResponses) {

	static StoredMessage of(Message message) {
		Map<String, Object> metadata = new HashMap<>(message.getMetadata());
		metadata.remove(AbstractMessage.MESSAGE_TYPE);
		return new StoredMessage(message.getMessageType(), message.getText(), metadata,
				(message instanceof MediaContent shown) ? shown.getMedia().stream().map(StoredMedia::of).toList()
						: null,
				(message instanceof AssistantMessage assistant) ? assistant.getToolCalls() : null,
				(message instanceof ToolResponseMessage tool) ? tool.getResponses() : null);
	}

	Message message() {
		String content = Objects.requireNonNullElse(this.text, "");
		Map<String, Object> known = PlainNumbers.in(Objects.requireNonNullElse(this.metadata, Map.of()));
		List<Media> shown = Objects.requireNonNullElse(this.media, List.<StoredMedia>of())
			.stream()
			.map(StoredMedia::media)
			.toList();
		return switch (this.type) {
			case USER -> UserMessage.builder().text(content).metadata(known).media(shown).build();
			case SYSTEM -> SystemMessage.builder().text(content).metadata(known).build();
			case ASSISTANT -> AssistantMessage.builder()
				.content(this.text)
				.properties(known)
				.media(shown)
				.toolCalls(Objects.requireNonNullElse(this.toolCalls, List.of()))
				.build();
			case TOOL -> ToolResponseMessage.builder()
				.responses(Objects.requireNonNullElse(this.toolResponses, List.of()))
				.metadata(known)
				.build();
		};
	}

	/**
	 * A picture, a sound or the like, by its address or whole.
	 *
	 * @param mimeType what it is
	 * @param address where it is
	 * @param bytes it itself
	 * @param id its id
	 * @param name its name
	 */
	record StoredMedia(String mimeType, @Nullable String address, byte @Nullable [] bytes, @Nullable String id,
			@Nullable String name) {

		static StoredMedia of(Media media) {
			boolean whole = media.getData() instanceof byte[];
			return new StoredMedia(media.getMimeType().toString(), whole ? null : media.getData().toString(),
					whole ? media.getDataAsByteArray() : null, media.getId(), media.getName());
		}

		Media media() {
			Media.Builder builder = Media.builder().mimeType(MimeType.valueOf(this.mimeType));
			if (this.bytes != null) {
				builder.data(this.bytes);
			}
			else {
				builder.data(URI.create(Objects.requireNonNullElse(this.address, "")));
			}
			if (this.id != null) {
				builder.id(this.id);
			}
			if (this.name != null) {
				builder.name(this.name);
			}
			return builder.build();
		}

	}

}
