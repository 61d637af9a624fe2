package io.ikigai.platform.influxdb;

import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.dao.DataIntegrityViolationException;

/**
 * A payload as points hold it.
 *
 * @param json the payload, written in one way whoever wrote it, so that text is found
 * @param numbers the numbers by the field names on the way to them, joined by dots; those
 * that a double holds, and only the first of very many: each name is a field of the
 * measurement for as long as it is kept
 */
record PayloadContent(String json, Map<String, Double> numbers) {

	/** How many numbers of an event are fields. */
	static final int MOST_NUMBERS = 200;

	private static final int LONGEST_PATH = 255;

	private static final double SMALLEST = 1e-300;

	private static final double LARGEST = 1e300;

	private static final JsonMapper mapper = new JsonMapper(JsonFactory.builder()
		.streamReadConstraints(
				StreamReadConstraints.builder().maxNumberLength(Integer.MAX_VALUE).maxNestingDepth(100_000).build())
		.build());

	static PayloadContent of(String payload) {
		StringWriter json = new StringWriter(payload.length());
		Map<String, Double> numbers = new LinkedHashMap<>();
		try (JsonParser parser = mapper.createParser(payload); JsonGenerator generator = mapper.createGenerator(json)) {
			read(parser, generator, numbers);
		}
		catch (JacksonException ex) {
			throw new DataIntegrityViolationException("The payload of an event cannot be read", ex);
		}
		return new PayloadContent(json.toString(), numbers);
	}

	private static void read(JsonParser parser, JsonGenerator generator, Map<String, Double> numbers) {
		// Of the objects around, outermost first; null where no path leads, as in lists
		List<@Nullable String> around = new ArrayList<>();
		String path = null;
		for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
			generator.copyCurrentEventExact(parser);
			switch (token) {
				case START_OBJECT -> around.add(around.isEmpty() ? "" : path);
				case START_ARRAY -> {
					around.add(null);
					path = null;
				}
				case END_OBJECT, END_ARRAY -> {
					around.remove(around.size() - 1);
					path = null;
				}
				case PROPERTY_NAME -> path = path(around.get(around.size() - 1), parser.currentName());
				case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
					if (path != null && numbers.size() < MOST_NUMBERS) {
						put(numbers, path, parser.getDoubleValue());
					}
				}
				default -> {
				}
			}
		}
	}

	private static @Nullable String path(@Nullable String parent, String name) {
		if (parent == null || name.isEmpty() || name.indexOf('.') >= 0) {
			return null;
		}
		String path = parent.isEmpty() ? name : parent + "." + name;
		return (path.length() <= LONGEST_PATH) ? path : null;
	}

	private static void put(Map<String, Double> numbers, String path, double number) {
		double size = Math.abs(number);
		if (size == 0 || (size >= SMALLEST && size <= LARGEST)) {
			numbers.put(path, number);
		}
	}

}
