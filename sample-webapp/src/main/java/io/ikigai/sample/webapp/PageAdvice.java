package io.ikigai.sample.webapp;

import io.ikigai.platform.PayloadException;
import jakarta.servlet.http.HttpServletRequest;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.servlet.ModelAndView;

/**
 * What all pages have in common: who looks, and what they say when something is in the
 * way.
 */
@ControllerAdvice
class PageAdvice {

	private static final Log logger = LogFactory.getLog(PageAdvice.class);

	@ModelAttribute("operator")
	boolean operator(HttpServletRequest request) {
		return request.isUserInRole(ConsoleUsers.OPERATOR);
	}

	@ModelAttribute("user")
	@Nullable String user(HttpServletRequest request) {
		return request.getRemoteUser();
	}

	@ExceptionHandler({ DataAccessException.class, TransactionException.class })
	ModelAndView away(Exception ex, HttpServletRequest request) {
		logger.warn("A page could not be shown", ex);
		if (!isAway(ex)) {
			return page(HttpStatus.INTERNAL_SERVER_ERROR, "This could not be read or changed",
					"The database refused it: " + NestedExceptionUtils.getMostSpecificCause(ex).getMessage(), request);
		}
		return page(HttpStatus.SERVICE_UNAVAILABLE, "The database does not answer",
				"Nothing was changed as far as the console knows. Try again in a moment.", request);
	}

	/**
	 * Whether the database does not answer, and not only refuses what is asked.
	 */
	static boolean isAway(Exception ex) {
		return ex instanceof DataAccessResourceFailureException || ex instanceof TransientDataAccessException
				|| ex instanceof RecoverableDataAccessException || ex instanceof TransactionException;
	}

	@ExceptionHandler({ UnsupportedOperationException.class, IllegalStateException.class,
			IllegalArgumentException.class, PayloadException.class })
	ModelAndView refused(Exception ex, HttpServletRequest request) {
		logger.debug("A request was refused", ex);
		return page(HttpStatus.UNPROCESSABLE_CONTENT, "This cannot be done", String.valueOf(ex.getMessage()), request);
	}

	private ModelAndView page(HttpStatus status, String title, String explanation, HttpServletRequest request) {
		ModelAndView page = new ModelAndView("trouble", status);
		page.addObject("title", title);
		page.addObject("explanation", explanation);
		page.addObject("operator", operator(request));
		page.addObject("user", user(request));
		return page;
	}

}
