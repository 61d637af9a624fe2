package io.ikigai.sample.webapp;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Who may use the console.
 *
 * @param readerPassword the password of the user {@code reader}, who sees everything and
 * changes nothing; one is made up at each start if there is none
 * @param operatorPassword the password of the user {@code operator}; likewise
 */
@ConfigurationProperties("console")
record ConsoleProperties(@Nullable String readerPassword, @Nullable String operatorPassword) {
}
