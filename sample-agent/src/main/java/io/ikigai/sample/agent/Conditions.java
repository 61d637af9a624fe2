package io.ikigai.sample.agent;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.ikigai.platform.storage.DocumentQuery;
import io.ikigai.platform.storage.Op;

/**
 * What a question in plain words says for certain: a host, a day, that something failed.
 * What else it means is for the model.
 */
final class Conditions {

	private static final Pattern HOST = Pattern.compile("\\b(?:[a-z0-9-]+\\.)+[a-z0-9-]+\\b");

	private static final Pattern FAILED = Pattern.compile("\\b(fail(s|ed|ing|ures?)?|down|broken|errors?)\\b");

	private Conditions() {
	}

	static DocumentQuery of(String question, Instant now) {
		String words = question.toLowerCase(Locale.ROOT);
		DocumentQuery query = DocumentQuery.all();
		Matcher host = HOST.matcher(words);
		if (host.find()) {
			query = query.where("host", Op.EQ, host.group());
		}
		if (FAILED.matcher(words).find()) {
			query = query.where("state", Op.EQ, "down");
		}
		Instant today = now.truncatedTo(ChronoUnit.DAYS);
		if (words.contains("today")) {
			query = query.where("checkedAt", Op.GE, today.toString());
		}
		else if (words.contains("yesterday")) {
			query = query.where("checkedAt", Op.GE, today.minus(1, ChronoUnit.DAYS).toString())
				.where("checkedAt", Op.LT, today.toString());
		}
		return query;
	}

}
