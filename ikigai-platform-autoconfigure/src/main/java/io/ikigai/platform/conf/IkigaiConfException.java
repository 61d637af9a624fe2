package io.ikigai.platform.conf;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * An {@code ikigai.conf} that cannot be read or is not valid. Its message names file,
 * line, problem and way out; it never holds the value of a key.
 */
final class IkigaiConfException extends RuntimeException {

	private final String description;

	private final String action;

	/**
	 * An error in one line.
	 * @param file the file
	 * @param line the line, counted from 1
	 * @param problem what is wrong, without the file and the line
	 * @param action what to do about it, a sentence
	 */
	IkigaiConfException(Path file, int line, String problem, String action) {
		this(file + ", line " + line + ": " + problem + ".", action, null);
	}

	/**
	 * An error of the whole file.
	 * @param file the file
	 * @param problem what is wrong, without the file
	 * @param action what to do about it, a sentence
	 * @param cause the cause, if there is one
	 */
	IkigaiConfException(Path file, String problem, String action, @Nullable Throwable cause) {
		this(file + ": " + problem + ".", action, cause);
	}

	private IkigaiConfException(String description, String action, @Nullable Throwable cause) {
		super(description + " " + action, cause);
		this.description = description;
		this.action = action;
	}

	String getDescription() {
		return this.description;
	}

	String getAction() {
		return this.action;
	}

}
